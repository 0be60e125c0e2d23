// What runs beside a proxy, where settings ask for it: the console, and the webhook.
import { openWebhook } from '../../approvals/webhook/open-webhook.ts';
import { RETRY_PLAN } from '../../approvals/webhook/settle-attempt.ts';
import type { OpenConsole } from '../../console/open-console.ts';
import type { Gate } from '../../proxy/session.ts';
import { openRecoveringStore } from '../../state/recovering-store.ts';
import { openSqliteStore } from '../../state/sqlite-store.ts';
import type { StateStore } from '../../state/store.ts';
import { CliError } from '../cli-error.ts';
import type { WebhookSettings } from '../settings/settings.ts';
import type { ConsoleOptions, SidecarOptions } from '../settings/sidecar-options.ts';
import type { OpenGate } from './open-gate.ts';

export interface Beside {
  close(): Promise<void>;
}

/** Of one attempt. */
const WEBHOOK_TIMEOUT_MS = 10_000;

/**
 * On a connection of its own: people who look, and a webhook that is slow, never hold a call up. Rejects where the
 * console's address cannot be taken.
 */
export async function openBeside(open: OpenGate, options: SidecarOptions): Promise<Beside> {
  const { webhook } = options.approvals;
  if (options.console.address === null && webhook === null) return { close: async () => {} };
  const store = openRecoveringStore(({ mustExist }) =>
    openSqliteStore({ file: options.state, durability: options.durability, mustExist }),
  );
  const console = await serveConsole(open, options.console, store);
  const sender = webhook === null ? null : startWebhook(open.gate, webhook, store);
  return {
    close: async () => {
      await Promise.all([sender?.close(), console?.close()]);
      await store.close();
    },
  };
}

async function serveConsole(
  { gate, showConsoleAt }: OpenGate,
  { address, url }: ConsoleOptions,
  store: StateStore,
): Promise<OpenConsole | null> {
  if (address === null) return null;
  // Only now: most sidecars serve no pages, and must not pay for them when they start.
  const { openConsole } = await import('../../console/open-console.ts');
  const parts = { ...address, store, log: gate.log, now: gate.now, publicUrl: url, operator: null };
  const opened = await openConsole(parts).catch((cause: unknown) => {
    throw new CliError(`the console cannot listen on ${address.host}:${address.port}: ${String(cause)}`, {
      cause,
    });
  });
  showConsoleAt(opened.url);
  process.stderr.write(`console on ${opened.url.href}\n`);
  return opened;
}

/** After the console: its URL goes into the links. */
function startWebhook({ log, now, consoleUrl }: Gate, target: WebhookSettings, store: StateStore): Beside {
  if (consoleUrl() === null) {
    log.warn('no console is known: what the webhook tells has no link; say console.url, or run --console');
  }
  return openWebhook({
    ...target,
    ...{ store, log, now, consoleUrl, plan: RETRY_PLAN, timeoutMs: WEBHOOK_TIMEOUT_MS },
  });
}
