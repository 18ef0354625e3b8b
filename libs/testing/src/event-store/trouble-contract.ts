/** What every event store promises while commits are slow, connections break and answers get lost. */

import { setTimeout as sleep } from 'node:timers/promises';
import { envelopes } from './envelopes.js';
import type { Opened, Trouble } from './store-under-test.js';
import { factsOf, followOn, insist, names, writeMuch } from './writers.js';

/** Long enough for an append to be stored, also on a machine that is busy. */
const STORED_BY_THEN_MS = 300;
const CUTS = 6;
const CUT_EVERY_MS = 40;

export function troubleContract(open: () => Promise<Opened>, { commitSlowly, cut, loseAnswers }: Trouble): void {
  /** Every fact of the writers, once, each stream without a gap, in one order for all readers. */
  async function expectNoneLostOrDoubled(opened: Opened, written: number, seen: readonly string[]): Promise<void> {
    const all = names(await insist(() => opened.store.readAll(opened.start, 10_000)));
    expect(all).toHaveLength(written);
    expect(seen).toStrictEqual(all);
    expect(new Set(seen).size).toBe(written);
  }

  if (commitSlowly !== undefined) {
    it('shows a reader who follows every fact once, though commits are slow and overtake each other', async () => {
      const opened = await open();
      await commitSlowly();
      const following = followOn(opened, factsOf(4));
      await writeMuch(opened, 4);
      await expectNoneLostOrDoubled(opened, factsOf(4), names(await following));
    });
  }

  if (cut !== undefined) {
    it('loses no fact and doubles none while connections break again and again under writers and a reader', async () => {
      const opened = await open();
      const cutting = (async () => {
        for (let cuts = 0; cuts < CUTS; cuts++) {
          await sleep(CUT_EVERY_MS);
          cut();
        }
      })();
      const following = followOn(opened, factsOf(8));
      await writeMuch(opened, 8);
      await cutting;
      await expectNoneLostOrDoubled(opened, factsOf(8), names(await following));
    });
  }

  if (cut !== undefined && loseAnswers !== undefined) {
    it('takes the same append again after its answer was lost, and stores it once', async () => {
      const { store, stream } = await open();
      await store.append(stream, -1, envelopes(stream, -1, 'first'));
      const facts = envelopes(stream, 0, 'told to nobody', 'nor this');
      loseAnswers();
      const lost = store.append(stream, 0, facts);
      lost.catch(() => undefined);
      await sleep(STORED_BY_THEN_MS);
      cut();
      await expect(lost).rejects.not.toMatchObject({ name: 'RevisionConflict' });
      expect(await insist(() => store.read(stream, 1))).toStrictEqual(facts);
      await insist(() => store.append(stream, 0, facts));
      expect(await insist(() => store.read(stream))).toHaveLength(3);
    });
  }
}
