// A journal entry as one line of JSON for programs.
import type { JournalEntry } from './journal-row.ts';

/**
 * An object with the keys id, sequence, time, server, agent, session, tool, outcome, rule, reason, revision,
 * arguments_digest, input, output, result, result_time; times are ISO 8601. It is text, since input and output stand in
 * it as they were journalled: parsed into JavaScript numbers, long ones would lose digits and no longer be the decision's.
 */
export function journalEntryToJson(entry: JournalEntry): string {
  const members: Array<readonly [string, string]> = [
    ['id', JSON.stringify(entry.id)],
    ['sequence', JSON.stringify(entry.sequence)],
    ['time', isoTime(entry.atMs)],
    ['server', JSON.stringify(entry.server)],
    ['agent', JSON.stringify(entry.agent)],
    ['session', JSON.stringify(entry.session)],
    ['tool', JSON.stringify(entry.tool)],
    ['outcome', JSON.stringify(entry.outcome)],
    ['rule', JSON.stringify(entry.rule)],
    ['reason', JSON.stringify(entry.reason)],
    ['revision', JSON.stringify(entry.revision)],
    ['arguments_digest', JSON.stringify(entry.argumentsDigest)],
    ['input', embedded(entry.input)],
    ['output', embedded(entry.output)],
    ['result', JSON.stringify(entry.result)],
    ['result_time', entry.resultAtMs === null ? 'null' : isoTime(entry.resultAtMs)],
  ];
  return `{${members.map(([key, value]) => `"${key}":${value}`).join(',')}}`;
}

function isoTime(atMs: number): string {
  return JSON.stringify(new Date(atMs).toISOString());
}

/** Line breaks in JSON are white space; a text that is no JSON is shown as a string. */
function embedded(json: string): string {
  try {
    JSON.parse(json);
  } catch {
    return JSON.stringify(json);
  }
  return json.replace(/[\r\n]/g, ' ');
}
