// Values of settings, from a flag or from a key alike. Each reader gives the value, or says what is wrong with the text.
import { parseDuration } from '../../../compiler/model/parse-duration.ts';
import { ANONYMOUS } from '../../policy/decision.ts';
import { isAgentName } from '../../proxy/identity/agent-name.ts';
import type { Header } from '../../transport/transport.ts';

/** `isSecret`: the problem is told without the text that has it. */
export type Read<T> = { readonly value: T } | { readonly problem: string; readonly isSecret?: true };

export type TextReader<T> = (text: string) => Read<T>;

export const readAgent: TextReader<string> = (text) =>
  isAgentName(text) || text === ANONYMOUS
    ? { value: text }
    : { problem: 'is no name of an agent: 1 to 128 characters without control characters' };

/** `shown` is the text, for people. */
export function tellProblem(
  shown: string,
  { problem, isSecret }: { problem: string; isSecret?: true },
): string {
  return `${isSecret === true ? 'the value' : shown} ${problem}`;
}

export const readDuration: TextReader<number> = (text) => {
  const value = parseDuration(text);
  return value === null ? { problem: 'is not a duration; write it as 45s or 2m' } : { value };
};

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

export const readSize: TextReader<number> = (text) => {
  const [, digits = '', unit = ''] = /^(\d{1,9})\s*([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (digits === '' || factor === undefined) return { problem: 'is not a size; write it as 64MiB or 512KiB' };
  const value = Number(digits) * factor;
  return value > 0 && value <= 2 ** 31 ? { value } : { problem: 'is not between 1 byte and 2GiB' };
};

export const readCount: TextReader<number> = (text) =>
  /^[1-9]\d{0,5}$/.test(text)
    ? { value: Number(text) }
    : { problem: 'is not a whole number from 1 to 999999' };

function urlReader(example: string, passwordAdvice: string): TextReader<URL> {
  return (text) => {
    if (!URL.canParse(text)) return { problem: `is not an URL; write it as ${example}` };
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      return { problem: 'is not an http or https URL' };
    if (url.username !== '' || url.password !== '')
      return { problem: `holds a password${passwordAdvice}`, isSecret: true };
    return url.hash === '' ? { value: url } : { problem: 'holds a fragment (#…), which no server sees' };
  };
}

export const readUpstreamUrl = urlReader(
  'https://mcp.example.com/mcp',
  '; send it with --header, or upstream.headers in regent.yaml',
);

/** Of OPA's management APIs. */
export const readServiceUrl = urlReader(
  'https://control.example.com/v1',
  '; write it under credentials, or as a header field under headers',
);

/** Of the console as people see it, and of the webhook. */
export const readOtherUrl = urlReader('https://regent.example.com', ', which has no place here');

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const readAddress: TextReader<Address> = (text) => {
  const [, ipv6, name, digits = ''] =
    /^(?:(?:\[([\da-fA-F:.%]+)\]|([^:[\]\s/]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535) return { problem: 'is not an address; write it as 127.0.0.1:8931' };
  return { value: { host: ipv6 ?? name ?? '127.0.0.1', port } };
};

export const readPath: TextReader<string> = (text) =>
  /^(\/[\w.~-]+)+$/.test(text) && !text.split('/').some((part) => part === '.' || part === '..')
    ? { value: text }
    : { problem: 'is not a path; write it as /mcp' };

/** What belongs to the message, to the connection, or to what Regent itself says. */
const RESERVED_FIELDS =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|keep-alive|accept|accept-encoding|expect|mcp-.*|last-event-id|proxy-.*)$/i;

export function checkHeader(name: string, value: string): Read<Header> {
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name)) return { problem: 'is not the name of a header field' };
  if (RESERVED_FIELDS.test(name)) return { problem: 'is a header field that Regent sets itself' };
  if (!/^[\t\x20-\x7e]*$/.test(value)) return { problem: 'has a value that a header field cannot hold' };
  return { value: [name, value.trim()] };
}

/** `Name: value`. */
export const readHeader: TextReader<Header> = (text) => {
  const colon = text.indexOf(':');
  if (colon < 1) return { problem: 'is not a header field; write it as "Authorization: Bearer …"' };
  return checkHeader(text.slice(0, colon).trim(), text.slice(colon + 1));
};
