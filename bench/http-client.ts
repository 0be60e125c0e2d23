// Calls over HTTP, in turn and together, on connections that are kept.
import http from 'node:http';
import { amountOf } from './bench-client.ts';

export interface HttpBenchClient {
  /** Microseconds of each call. */
  callInTurn(tool: string, calls: number): Promise<Float64Array>;
  /** Calls per second. */
  callTogether(tool: string, calls: number, concurrency: number): Promise<number>;
  /** One `initialize`. */
  openSession(): Promise<void>;
  close(): void;
}

const HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };

export function createHttpBenchClient(url: string): HttpBenchClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  let id = 0;
  const send = (method: string, params: object): Promise<void> => {
    id += 1;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    return new Promise((resolve, reject) => {
      const headers = { ...HEADERS, 'Content-Length': body.length };
      const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          if (text.includes('"result":{"content":[]}')) resolve();
          else reject(new Error(`an unexpected answer (${response.statusCode}): ${text}`));
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  };
  const call = (tool: string): Promise<void> =>
    send('tools/call', { name: tool, arguments: { amount: Number(amountOf(id)), currency: 'GBP' } });
  return {
    callInTurn: async (tool, calls) => {
      const times = new Float64Array(calls);
      for (let at = 0; at < calls; at++) {
        const start = performance.now();
        await call(tool);
        times[at] = (performance.now() - start) * 1000;
      }
      return times;
    },
    callTogether: async (tool, calls, concurrency) => {
      const start = performance.now();
      let left = calls;
      const work = async (): Promise<void> => {
        while (left-- > 0) await call(tool);
      };
      await Promise.all(Array.from({ length: concurrency }, work));
      return calls / ((performance.now() - start) / 1000);
    },
    openSession: () => send('initialize', {}),
    close: () => agent.destroy(),
  };
}
