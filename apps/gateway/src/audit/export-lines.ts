/** What an auditor downloads, as text: a few hundred lines at a time, however much there is. */

import { EXPORT_FORMAT, type ExportLine } from '@tokenos/contracts/export/export-line';
import type { Envelope, Recorded } from '@tokenos/runtime/event-store/envelope';
import type { EventStore } from '@tokenos/runtime/event-store/port';

/** Read, held and written at once. */
export const BATCH = 250;

export interface Span {
  /** Null: from the first fact on. */
  readonly after: string | null;
  /** At most so many facts. */
  readonly limit: number;
}

export const line = (value: ExportLine): string => `${JSON.stringify(value)}\n`;
export const header = (holds: 'facts' | 'evidence', after: string | null, stream: string | null): string =>
  line({ format: EXPORT_FORMAT, holds, after, stream });

/** Every fact that the store has by the time this comes to its end. Throws BadPosition. */
export async function* factLines(store: EventStore, { after, limit }: Span): AsyncGenerator<string> {
  let [position, facts] = [after, 0];
  let head = header('facts', after, null);
  for await (const batch of batches(store, { after, limit })) {
    yield head + batch.map(({ envelope, position: at }) => line({ position: at, fact: envelope })).join('');
    head = '';
    facts += batch.length;
    position = batch.at(-1)?.position ?? position;
  }
  yield head + line({ end: { position, facts, evidence: 0 } });
}

/** One stream's facts after a revision. */
export async function* streamLines(
  stream: string,
  envelopes: readonly Envelope[],
  after: string | null,
): AsyncGenerator<string> {
  yield header('facts', after, stream);
  const wanted = envelopes.slice(after === null ? 0 : Number(after) + 1);
  for (const fact of wanted) yield line({ position: String(fact.revision), fact });
  const position = wanted.at(-1)?.revision.toString() ?? after;
  yield line({ end: { position, facts: wanted.length, evidence: 0 } });
}

/** None is empty. Ends where the store has no more. */
export async function* batches(store: EventStore, { after, limit }: Span): AsyncGenerator<readonly Recorded[]> {
  let position = after;
  for (let left = limit; left > 0;) {
    const wanted = Math.min(BATCH, left);
    const batch = await store.readAll(position, wanted);
    const last = batch.at(-1);
    if (last === undefined) return;
    yield batch;
    left -= batch.length;
    position = last.position;
    if (batch.length < wanted) return;
  }
}
