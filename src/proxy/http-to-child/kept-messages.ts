// Messages of a child that no stream is open for: kept for the next one, in bounds.
import type { Gate } from '../session.ts';

export interface KeptMessages {
  /** The oldest go where there are too many. */
  add(message: Buffer): void;
  take(): Buffer[];
}

const MESSAGES_MAX = 1000;
const BYTES_MAX = 4 * 1024 * 1024;

export function createKeptMessages(log: Gate['log']): KeptMessages {
  const kept: Buffer[] = [];
  let bytes = 0;
  return {
    add: (message) => {
      kept.push(message);
      bytes += message.length;
      while (kept.length > MESSAGES_MAX || bytes > BYTES_MAX) {
        bytes -= kept.shift()?.length ?? 0;
        log.warn('a message of the server was dropped: no stream of its session is open');
      }
    },
    take: () => {
      bytes = 0;
      return kept.splice(0);
    },
  };
}
