// Serves the console on an address of its own.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Person } from '../approvals/answer-approval.ts';
import { createConsoleApp } from './console-app.ts';
import type { ConsoleParts } from './console-parts.ts';
import { findExposure, nameInUrl } from './exposure.ts';
import { createLiveEvents } from './live-events.ts';
import { createSessions } from './sessions.ts';

export interface ConsoleOptions extends ConsoleParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** As people see it, where that is another URL than the address. */
  readonly publicUrl: URL | null;
  /** Who starts it by hand, and may sign in by the code that it gives; null beside a proxy. */
  readonly operator: Person | null;
}

export interface OpenConsole {
  readonly url: URL;
  /** Signs the operator in, once. */
  readonly code: string | null;
  close(): Promise<void>;
}

/** Requests are small: whoever sends one slowly holds nothing up for long. Event streams are answers, and last. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 20_000, connectionsCheckingInterval: 2000 };
const CONNECTIONS_MAX = 500;

/** Rejects where the address cannot be taken, or tokens would cross a network in clear. */
export async function openConsole(options: ConsoleOptions): Promise<OpenConsole> {
  const { store, log, now, host, port, publicUrl, operator } = options;
  const exposure = findExposure(host, publicUrl);
  if (exposure !== null) throw new Error(exposure);
  const parts = { store, log, now };
  const sessions = createSessions(parts, operator);
  const live = createLiveEvents(parts, sessions);
  const app = createConsoleApp({ ...parts, sessions, live, place: { host, publicUrl } });
  const server = http.createServer(LIMITS, app);
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: new URL(`http://${nameInUrl(host)}:${taken}/`),
    code: sessions.code,
    close: () => {
      live.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: http.Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
