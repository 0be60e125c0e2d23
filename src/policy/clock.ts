// The clock of a decision: one moment in UTC, made by the host so that policies need no clock of their own.
import type { Clock } from './decision.ts';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

let latest: Clock = readClock(0);
let printed = { clock: latest, text: JSON.stringify(latest) };

/** `atMs` in Unix milliseconds. Calls of one second share one clock. */
export function clockAt(atMs: number): Clock {
  if (Math.floor(atMs / 1000) !== latest.unix) latest = readClock(atMs);
  return latest;
}

/** As JSON; once for calls that share it. */
export function printClock(clock: Clock): string {
  if (clock !== printed.clock) printed = { clock, text: JSON.stringify(clock) };
  return printed.text;
}

function readClock(atMs: number): Clock {
  const date = new Date(atMs);
  return {
    unix: Math.floor(atMs / 1000),
    date: date.toISOString().slice(0, 10),
    weekday: WEEKDAYS[date.getUTCDay()] ?? 'sunday',
    minute_of_day: date.getUTCHours() * 60 + date.getUTCMinutes(),
  };
}
