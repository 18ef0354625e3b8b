/**
 * The evidence behind minutes, in the order of the facts that name it. The store's own order is the cursor, so what becomes
 * evidence later comes later; and what no fact names, another judgement of the same minutes, is no evidence.
 */

import { idOf } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { Envelope, Recorded } from '@tokenos/runtime/event-store/envelope';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { batches, header, line } from './export-lines.js';

export interface Kept {
  /** Throws where nobody could say what is kept. */
  assertThere(): Promise<void>;
  /** Null: not any more. */
  textOf(sha256: string): Promise<string | null>;
}

/** Throws BadPosition. */
export async function* evidenceLines(store: EventStore, kept: Kept, after: string | null): AsyncGenerator<string> {
  await kept.assertThere();
  let [position, evidence] = [after, 0];
  let head = header('evidence', after, null);
  for await (const batch of batches(store, { after, limit: Infinity })) {
    if (head !== '') yield head;
    head = '';
    for (const recorded of batch) {
      const told = await toldOf(kept, recorded);
      if (told !== null) yield told;
      if (told !== null) evidence += 1;
      position = recorded.position;
    }
  }
  yield head + line({ end: { position, facts: 0, evidence } });
}

/** Of one rental. */
export async function* rentalEvidenceLines(
  stream: string,
  envelopes: readonly Envelope[],
  kept: Kept,
): AsyncGenerator<string> {
  await kept.assertThere();
  yield header('evidence', null, stream);
  let evidence = 0;
  for (const envelope of envelopes) {
    const told = await toldOf(kept, { envelope, position: String(envelope.revision) });
    if (told !== null) yield told;
    if (told !== null) evidence += 1;
  }
  const position = envelopes.at(-1)?.revision.toString() ?? null;
  yield line({ end: { position, facts: 0, evidence } });
}

async function toldOf(kept: Kept, { envelope, position }: Recorded): Promise<string | null> {
  if (!envelope.type.startsWith('UsageMetered.')) return null;
  const fact = rentalStream.decode(envelope);
  if (fact.type !== 'UsageMetered') return null;
  const { evidenceSha256: sha256, firstMinute } = fact.data;
  const body = await kept.textOf(sha256);
  if (body === null) return null;
  return line({ position, evidence: { sha256, rentalId: idOf(envelope.stream), firstMinute, body } });
}
