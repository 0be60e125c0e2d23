// Regent's own log: JSON lines on stderr, since stdout belongs to MCP.
import { destination, type Logger, pino } from 'pino';

export type { Logger };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Written synchronously: a line about a failure must not be lost with the process. */
export function createLogger(level: LogLevel): Logger {
  return pino({ name: 'regent', level, base: null }, destination({ dest: 2, sync: true }));
}
