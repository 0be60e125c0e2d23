// One round of uploads: from the cursor in the state file to the newest decision, in order.
//
//   claim ──▶ page of rows ──▶ events: rate, drop, mask ──▶ part ──▶ taken? advance ──▶ next part … ──▶ release
//                                                                     └─no: the round ends, the cursor stays
//
// A process that dies between `taken` and `advance` leaves the part to be sent again, with the same decision ids; nothing
// is ever passed over.

import type { JournalStore } from '../../state/store.ts';
import type { UploadStore } from '../../state/upload.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { EventRate } from './event-rate.ts';
import type { EventSink, SinkPart } from './event-sink.ts';
import type { DropReason, LogCounters } from './log-counts.ts';
import { type EventMaker, makeEvent } from './make-event.ts';
import type { EventText } from './pack-events.ts';

export interface UploadParts {
  readonly store: UploadStore & Pick<JournalStore, 'list' | 'latestSequence'>;
  readonly sink: EventSink;
  /** Only its decisions: another server's are masked by another policy. */
  readonly server: string;
  /** By the policy in force now; null while there is none: nobody knows then what it masks. */
  readonly maker: () => EventMaker | null;
  readonly rate: EventRate;
  readonly counters: LogCounters;
  /** Unique for each process. */
  readonly holder: string;
  /** Rows before this moment are not uploaded where the target is new. */
  readonly sinceMs: number;
  readonly log: Logger;
}

/** Rows may be large: their arguments as far as the policy read them. */
const PAGE = 50;

/** Rejects where a part was not taken, or the state cannot be used. */
export async function uploadRound(parts: UploadParts): Promise<void> {
  const claimed = await claimCursor(parts);
  // Another sidecar is at it.
  if (claimed === null) return;
  const { store, sink, holder } = parts;
  try {
    let cursor: number | null = claimed;
    while (cursor !== null) cursor = await uploadPage(parts, cursor);
  } finally {
    await store.releaseUpload({ target: sink.target, holder }).catch(() => undefined);
  }
}

/** Null while another sidecar has it. Where the target is new, the cursor stands from then on. */
export function claimCursor({ store, sink, holder, sinceMs }: UploadParts): Promise<number | null> {
  return store.claimUpload({
    target: sink.target,
    holder,
    sinceMs,
    nowMs: Date.now(),
    leaseMs: sink.leaseMs,
  });
}

interface Page {
  readonly events: readonly EventText[];
  /** Counted once they are behind the cursor. */
  readonly drops: DropList;
  /** Where the next page begins. */
  readonly end: number;
  readonly isLast: boolean;
}

type DropList = Array<{ readonly sequence: number; readonly reason: DropReason }>;

/** Where the cursor is then; null where nothing is left, or the claim is lost. */
async function uploadPage(parts: UploadParts, cursor: number): Promise<number | null> {
  const { store, sink, counters, rate, holder } = parts;
  const page = await readPage(parts, cursor);
  if (page === null) return null;
  const { drops } = page;
  const advance = async (sequence: number): Promise<void> => {
    await store.advanceUpload({ target: sink.target, holder, sequence });
    while (drops[0] !== undefined && drops[0].sequence <= sequence)
      counters.dropped(drops.shift()?.reason ?? 'rule_failed');
    rate.settle(sequence);
  };
  let position = cursor;
  const onOversized = ({ sequence }: EventText): void => {
    drops.push({ sequence, reason: 'oversized' });
    drops.sort((a, b) => a.sequence - b.sequence);
    parts.log.warn({ sequence }, 'a decision is longer than an upload may be: it is not logged');
  };
  for await (const part of sink.parts(page.events, onOversized)) {
    if ((await claimCursor(parts)) !== position) return null;
    await sendPart(part, counters);
    await advance(part.lastSequence);
    position = part.lastSequence;
  }
  await advance(page.end);
  return page.isLast ? null : page.end;
}

async function sendPart(part: SinkPart, counters: LogCounters): Promise<void> {
  try {
    await part.send();
    counters.uploaded(part.count);
  } catch (error) {
    counters.failed();
    throw error;
  }
}

/** Null where there is nothing behind the cursor, or no policy. */
async function readPage(parts: UploadParts, cursor: number): Promise<Page | null> {
  const { store, server, rate, log } = parts;
  const maker = parts.maker();
  if (maker === null) return null;
  // Asked before reading: every row up to it is seen, also where none of them is of this server.
  const latest = await store.latestSequence();
  if (latest <= cursor) return null;
  const rows = await store.list({ afterSequence: cursor, server, limit: PAGE });
  const events: EventText[] = [];
  const drops: DropList = [];
  for (const row of rows) {
    const { sequence, atMs } = row;
    const made = rate.admits(sequence, atMs)
      ? makeEvent(row, maker)
      : { dropped: 'rate_limit' as const, error: null };
    if ('text' in made) events.push({ sequence, text: made.text });
    else drops.push({ sequence, reason: made.dropped });
    if ('error' in made && made.error !== null)
      log.error(
        { err: made.error, sequence },
        "the policy's rule for decision logs failed: the decision is not logged",
      );
  }
  const last = rows.at(-1)?.sequence ?? cursor;
  const isLast = rows.length < PAGE;
  return { events, drops, end: isLast ? Math.max(latest, last) : last, isLast };
}
