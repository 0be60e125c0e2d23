// Clients of 2026-07-28 that can show a page, in front of a sidecar whose calls need humans, over each transport.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../fixtures/line-client.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { ask, modern } from '../http/http-sidecar.ts';
import { type Desk, startDesk } from './approval-desk.ts';
import { startBeforeChild, startBeforeHttp } from './http-desk.ts';

export interface MrtrDesk extends Pick<Desk, 'store' | 'waiting' | 'approve' | 'reject' | 'executed'> {
  /** Calls `pay` and gives back the result; each call has an id of its own. */
  pay(params?: object): Promise<Answer>;
}

export interface MrtrOptions {
  readonly policy?: string;
  readonly args?: readonly string[];
  /** More lines of regent.yaml. */
  readonly config?: string;
}

export type StartMrtrDesk = (options?: MrtrOptions) => Promise<MrtrDesk>;

export const CONSOLE = 'console: {url: "https://regent.example/"}\n';
export const OPENS_URLS = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } } };
export const TEN = { amount: 10 };

/** Command-line words that name a regent.yaml with these lines. */
export function configured(text: string): string[] {
  const file = join(temporaryFolder(), 'regent.yaml');
  writeFileSync(file, text);
  return ['--config', file];
}

function given({ policy, args = [], config = '' }: MrtrOptions) {
  const all = [...configured(`${CONSOLE}${config}`), ...args];
  return policy === undefined ? { args: all } : { policy, args: all };
}

function requestOf(params: object, id: number) {
  const capable = { name: 'pay', arguments: TEN, _meta: OPENS_URLS, ...params };
  return modern('tools/call', capable, id);
}

export const overStdio: StartMrtrDesk = async (options = {}) => {
  const desk = startDesk(given(options));
  let id = 0;
  return {
    ...desk,
    pay: async (params = {}) => {
      id += 1;
      desk.client.send(requestOf(params, id).body);
      return JSON.parse(await desk.client.next((line) => line.includes(`"id":${id},"result"`))).result;
    },
  };
};

const overHttp =
  (start: typeof startBeforeHttp): StartMrtrDesk =>
  async (options = {}) => {
    const desk = await start(given(options));
    let id = 0;
    return {
      ...desk,
      pay: async (params = {}) => {
        id += 1;
        const { text } = await ask(desk.url, requestOf(params, id));
        return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text).result;
      },
    };
  };

export const TRANSPORTS: ReadonlyArray<readonly [name: string, start: StartMrtrDesk]> = [
  ['over stdio', overStdio],
  ['over HTTP, before a server over HTTP', overHttp(startBeforeHttp)],
  ['over HTTP, before a command', overHttp(startBeforeChild)],
];
