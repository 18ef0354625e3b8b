import fc from 'fast-check';
import type { DesiredLease } from '@tokenos/contracts/agent/protocol';
import { desired } from '../testing/leases.js';
import { absorb } from './absorb.js';
import { keyOf, type Lease, type Moment } from './lease.js';

const nodeId = '0192f2c8-0000-7000-8000-000000000000';
const moment: Moment = { now: 0, deadlineOf: (at) => at };
const rentalIds = [1, 2].map((n) => `0192f2c8-0000-7000-8000-00000000000${n}`);

/** The true history of a rental on this node: revisions rise, attempts rise, and an end is the last word on an attempt. */
const history = (rentalId: string): fc.Arbitrary<DesiredLease[]> =>
  fc.array(fc.constantFrom('key', 'end', 'attempt'), { maxLength: 8 }).map((steps) => {
    let entry = desired({ rentalId, revision: 1, authorizedKeys: ['key 1'] });
    return [
      entry,
      ...steps.map((step) => {
        const revision = entry.revision + 1;
        if (step === 'attempt') entry = { ...entry, revision, attempt: entry.attempt + 1, state: 'run' };
        else if (step === 'end') entry = { ...entry, revision, state: 'ended' };
        else if (entry.state === 'run') entry = { ...entry, revision, authorizedKeys: [`key ${revision}`] };
        return entry;
      }),
    ];
  });

/** The documents a node may hear: any entry of the history, in any order, any number of times, alone or together. */
const heard = fc.tuple(...rentalIds.map(history)).chain((histories) =>
  fc.record({
    histories: fc.constant(histories),
    documents: fc.array(fc.tuple(...histories.map((entries) => fc.option(fc.constantFrom(...entries)))), {
      maxLength: 20,
    }),
  }),
);

const fold = (leases: readonly Lease[], entries: readonly (DesiredLease | null)[]): readonly Lease[] =>
  absorb(leases, { nodeId, leases: entries.filter((entry) => entry !== null) }, moment);

describe('documents that come twice, late and out of order', () => {
  it('never bring an ended lease back, nor roll a revision or a key back', () => {
    fc.assert(
      fc.property(heard, ({ documents }) => {
        documents.reduce<readonly Lease[]>((before, document) => {
          const after = fold(before, document);
          for (const lease of before) {
            const now = after.find((one) => keyOf(one) === keyOf(lease));
            if (now === undefined) throw new Error('a lease was forgotten');
            if (lease.ending !== null) expect(now.ending).not.toBeNull();
            expect(now.entry.revision).toBeGreaterThanOrEqual(lease.entry.revision);
            if (now.entry.revision === lease.entry.revision)
              expect(now.entry.authorizedKeys).toEqual(lease.entry.authorizedKeys);
          }
          return after;
        }, []);
      }),
    );
  });

  it('lead to the same wanted leases as the newest document alone, once that has come', () => {
    fc.assert(
      fc.property(heard, ({ documents, histories }) => {
        const newest = histories.map((entries) => entries.at(-1) ?? null);
        const wanted = (leases: readonly Lease[]): unknown[] =>
          leases
            .filter(({ ending }) => ending === null)
            .map(({ entry }) => entry)
            .sort((a, b) => (a.rentalId < b.rentalId ? -1 : 1));
        const after = [...documents, newest, ...documents].reduce<readonly Lease[]>(fold, []);
        expect(wanted(after)).toEqual(wanted(fold([], newest)));
      }),
    );
  });

  it('never leave two attempts of one rental wanted', () => {
    fc.assert(
      fc.property(heard, ({ documents }) => {
        const wanted = documents.reduce<readonly Lease[]>(fold, []).filter(({ ending }) => ending === null);
        expect(new Set(wanted.map(({ entry }) => entry.rentalId)).size).toBe(wanted.length);
      }),
    );
  });
});
