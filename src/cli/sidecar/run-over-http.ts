// Agents speak over HTTP, to a listener of this process.
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBackend } from '../../proxy/http/client-request.ts';
import { createHttpGateway } from '../../proxy/http/http-gateway.ts';
import { createHttpToChild } from '../../proxy/http-to-child/http-to-child.ts';
import { createHttpToHttp } from '../../proxy/http-to-http/http-to-http.ts';
import { createUpstreamSessions } from '../../proxy/http-to-http/upstream-sessions.ts';
import { startChildServer } from '../../transport/child-server.ts';
import { openHttpListener } from '../../transport/http/listener.ts';
import { openUpstream } from '../../transport/http/upstream-client.ts';
import type { HttpAnswer } from '../../transport/http-exchange.ts';
import type { ListenOptions, SidecarOptions } from '../settings/sidecar-options.ts';
import type { OpenGate } from './open-gate.ts';
import { openIdentifier, provesAgents } from './open-identifier.ts';
import { resourceMetadata } from './resource-metadata.ts';
import { GRACE_MS } from './run-over-stdio.ts';
import { nextSignal } from './stop-signals.ts';
import { passMetadata } from './upstream-metadata.ts';

export interface HttpOptions extends SidecarOptions {
  readonly client: ListenOptions;
  /** Null where none are served. */
  readonly metrics: () => HttpAnswer | null;
}

const METRICS_PATH = '/metrics';
const KEEP_ALIVE_MS = 15_000;
/** What is under way when the process is asked to end. */
const CLOSE_MS = 1000;

/** Runs until a signal asks it to end; the exit code. */
export async function runOverHttp(open: OpenGate, options: HttpOptions): Promise<number> {
  const { gate, store } = open;
  const { client } = options;
  const { backend, metadataAt } = openServer(open, options);
  const metadata = resourceMetadata(client.publicUrl, options.identity);
  const gateway = createHttpGateway({
    identifier: openIdentifier(open, options),
    backend,
    resourceMetadataUrl: metadata?.url ?? null,
    log: gate.log,
  });
  const listener = await openHttpListener({
    ...client,
    limits: options.limits,
    keepAliveMs: KEEP_ALIVE_MS,
    isReady: () =>
      store.read([]).then(
        () => open.hasPolicy(),
        () => false,
      ),
    admit: gateway,
    documentAt: (path) => {
      if (path === METRICS_PATH) return options.metrics();
      return metadata === null ? metadataAt(path) : metadata.documentAt(path);
    },
    onFailure: (error) => gate.log.error({ err: error }, 'unexpected failure in the proxy'),
  });
  process.stderr.write(`listening on ${listener.url}\n`);
  open.onPolicyChange(backend.announceToolChanges);
  const signal = await nextSignal();
  const closed = listener.close(CLOSE_MS);
  await Promise.race([backend.close(), sleep(GRACE_MS * 2)]);
  await closed;
  return 128 + constants.signals[signal];
}

interface OpenServer {
  readonly backend: HttpBackend;
  /** The server's own protected-resource metadata, where clients get their tokens from its issuer. */
  metadataAt(path: string): Promise<HttpAnswer> | null;
}

function openServer({ gate, serverName }: OpenGate, options: HttpOptions): OpenServer {
  const { client, server, limits } = options;
  const maxBytes = limits.bodyBytes;
  if (server.kind === 'upstream') {
    const upstreamUrl = server.url;
    const upstream = openUpstream({ url: upstreamUrl, headers: server.headers, maxBytes });
    const isStrict = (): boolean => provesAgents(gate, serverName, options);
    const sessions = createUpstreamSessions({ sessionsMax: limits.sessions, isStrict });
    const { path, token } = client;
    return {
      backend: createHttpToHttp({ gate, server: serverName, upstream, upstreamUrl, sessions }),
      metadataAt: (asked) =>
        token === null && !isStrict() ? passMetadata({ upstream, upstreamUrl, path }, asked) : null,
    };
  }
  const { command } = server;
  const backend = createHttpToChild({
    gate,
    server: serverName,
    startServer: () => startChildServer({ command, maxBytes, graceMs: GRACE_MS }),
    sessionsMax: limits.sessions,
    idleMs: limits.sessionIdleMs,
  });
  return { backend, metadataAt: () => null };
}
