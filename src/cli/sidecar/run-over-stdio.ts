// The agent speaks over this process's stdin and stdout.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createToolHeaders } from '../../proxy/headers/tool-headers.ts';
import { type ProxyEnd, startProxy } from '../../proxy/proxy.ts';
import { startChildServer } from '../../transport/child-server.ts';
import { openHttpServerPeer } from '../../transport/http/http-server-peer.ts';
import { openUpstream } from '../../transport/http/upstream-client.ts';
import { openStdioClient } from '../../transport/stdio-client.ts';
import type { ServerPeer } from '../../transport/transport.ts';
import type { SidecarOptions } from '../settings/sidecar-options.ts';
import type { OpenGate } from './open-gate.ts';
import { stopOnSignals } from './stop-signals.ts';

export type StdioOptions = Omit<SidecarOptions, 'client'>;

/** Clients give a server two seconds and then two more: it must have ended before they end Regent. */
export const GRACE_MS = 1500;
/** A client that does not read any more must not keep the process. */
const FLUSH_MS = 1000;

/** The exit code. */
export async function runOverStdio(open: OpenGate, options: StdioOptions): Promise<number> {
  const { gate, serverName } = open;
  const client = openStdioClient(options.limits.bodyBytes);
  const server = await openServer(open, options);
  const proxy = startProxy({
    ...gate,
    client,
    server,
    identity: { server: serverName, agent: { id: options.agent, claims: '{}' }, session: randomUUID() },
    ...(options.server.kind === 'upstream' ? { toolHeaders: createToolHeaders() } : {}),
  });
  open.onPolicyChange(proxy.announceToolChanges);
  const signalled = stopOnSignals(proxy.stop);
  const end = await proxy.finished;
  await Promise.race([client.flush(), sleep(FLUSH_MS)]);
  return exitCodeOf(end, signalled());
}

async function openServer({ gate }: OpenGate, { server, limits }: StdioOptions): Promise<ServerPeer> {
  const maxBytes = limits.bodyBytes;
  if (server.kind === 'command') {
    return startChildServer({ command: server.command, maxBytes, graceMs: GRACE_MS });
  }
  const upstream = openUpstream({ url: server.url, headers: server.headers, maxBytes });
  return openHttpServerPeer({ upstream, url: server.url, log: gate.log, graceMs: GRACE_MS });
}

function exitCodeOf({ exit, endedFirst }: ProxyEnd, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + constants.signals[signal];
  if (!endedFirst) return 0;
  return exit.signal === null ? (exit.code ?? 0) : 128 + constants.signals[exit.signal];
}
