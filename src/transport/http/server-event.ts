// One server-sent event: its fields as a reader of the stream sees them, and its bytes as they came.
import type { ServerEvent } from '../http-exchange.ts';

interface Fields {
  data: string[];
  id: string | null;
  name: string;
  retryMs: number | null;
}

const BOM = '\u{feff}';

/** `raw` is a whole event with the empty line that ends it. */
export function createServerEvent(raw: Buffer): ServerEvent {
  const { data, id, name, retryMs } = readFields(raw);
  return {
    raw,
    data: data.length === 0 ? null : Buffer.from(data.join('\n')),
    id,
    name,
    retryMs,
    withData: (changed) => formatEvent(raw, changed),
  };
}

function readFields(raw: Buffer): Fields {
  const fields: Fields = { data: [], id: null, name: 'message', retryMs: null };
  for (const line of linesOf(raw)) readField(line, fields);
  return fields;
}

function linesOf(raw: Buffer): string[] {
  const text = raw.toString('utf8');
  return (text.startsWith(BOM) ? text.slice(1) : text).split(/\r\n|\r|\n/);
}

function readField(line: string, fields: Fields): void {
  const [field, value] = splitField(line);
  if (field === 'data') fields.data.push(value);
  else if (field === 'event' && value !== '') fields.name = value;
  else if (field === 'id' && !value.includes('\0')) fields.id = value;
  else if (field === 'retry' && /^\d{1,9}$/.test(value)) fields.retryMs = Number(value);
}

/** One space after the colon belongs to the colon. A line without a colon is a field without value. */
function splitField(line: string): readonly [field: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  const start = line[colon + 1] === ' ' ? colon + 2 : colon + 1;
  return [line.slice(0, colon), line.slice(start)];
}

/** All lines but those of the data stay as they were, in their order; the data stand where the first of them stood. */
function formatEvent(raw: Buffer, data: Buffer): Buffer {
  const kept: string[] = [];
  let isWritten = false;
  for (const line of linesOf(raw)) {
    if (line === '') continue;
    if (splitField(line)[0] !== 'data') kept.push(line);
    else if (!isWritten) {
      kept.push(...dataLines(data));
      isWritten = true;
    }
  }
  return Buffer.from(`${kept.join('\n')}\n\n`);
}

function dataLines(data: Buffer): string[] {
  return data
    .toString('utf8')
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}`);
}

/** A message as an event without id or name. */
export function formatMessage(message: Buffer): Buffer {
  if (message.indexOf(0x0a) >= 0 || message.indexOf(0x0d) >= 0) {
    return Buffer.from(`${dataLines(message).join('\n')}\n\n`);
  }
  return Buffer.concat([DATA, message, END]);
}

const DATA = Buffer.from('data: ');
const END = Buffer.from('\n\n');
