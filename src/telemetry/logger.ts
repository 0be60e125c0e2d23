// Regent's own log: JSON lines on stderr, since stdout belongs to MCP.
import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from './log-levels.ts';

export type { Logger };

/** Written synchronously: a line about a failure must not be lost with the process. */
export function createLogger(level: LogLevel): Logger {
  return pino({ name: 'regent', level, base: null }, destination({ dest: 2, sync: true }));
}
