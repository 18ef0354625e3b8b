/** What machines are told to run: whatever order it arrives in, the newest word stands and the end is the end. */

import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import { idOf } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { fold } from '@tokenos/domain/decider';
import { rentalDecider } from '@tokenos/domain/rental/decider';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import {
  credential,
  ended,
  ENDS_AT,
  failed,
  placed,
  placement,
  received,
  RENTAL,
  requested,
  revoked,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { scripts } from '@tokenos/testing/generators/scripts';
import { historyOf } from '@tokenos/testing/histories/history';
import fc from 'fast-check';
import { desiredEntries, goneAt, withEntry, type DesiredEntry } from './entries.js';

const keys = new Map([1, 2, 3].map((attempt) => [attempt, `ssh-ed25519 probe${attempt}`]));
const folded = (facts: readonly RentalFact[]) => ({ state: fold(rentalDecider, facts), revision: facts.length - 1 });
const after = (facts: readonly RentalFact[], now = STARTED_AT, probeKeys = keys) =>
  desiredEntries(folded(facts), probeKeys, now);

const issued: RentalFact = { type: 'CredentialIssued', data: { ...credential(), notAfter: ENDS_AT } };
const paid = [requested, received()];
const running = [...paid, placed(), issued, started()];
const stopped = [...running, ended('buyer_stopped', STARTED_AT + MINUTE)];
/** Until when an attempt that has not started is told to live: its wait and its term. */
const told = placement().placedAt + 60 * SECOND + 60 * MINUTE;

describe('a rental makes desired', () => {
  it('nothing before it is placed', () => {
    for (const facts of [[], [requested], paid]) expect(after(facts)).toEqual([]);
  });

  it('nothing for an attempt whose probe key is not there yet', () => {
    expect(after([...paid, placed()], STARTED_AT, new Map())).toEqual([]);
  });

  it('its lease from the placement on, until term and wait are over', () => {
    expect(after([...paid, placed()])).toEqual([
      {
        nodeId: uuid('c', 1),
        rentalId: RENTAL,
        attempt: 1,
        lease: {
          rentalId: RENTAL,
          attempt: 1,
          revision: 2,
          state: 'run',
          gpuUuids: ['GPU-1'],
          username: 'r0199a',
          authorizedKeys: [],
          probeKey: 'ssh-ed25519 probe1',
          paidUntil: new Date(told).toISOString(),
        },
      },
    ]);
  });

  it("the buyer's keys and the exact end, as soon as they are known", () => {
    const paidUntil = new Date(ENDS_AT).toISOString();
    expect(after(running)[0]?.lease).toMatchObject({
      state: 'run',
      revision: 4,
      authorizedKeys: ['ssh-ed25519 AAAAkey1'],
      paidUntil,
    });
  });

  it('its end from the end on, until the machine says that access is gone', () => {
    expect(after(stopped)[0]?.lease).toMatchObject({ state: 'ended', revision: 5 });
    expect(after(stopped, ENDS_AT + 90 * MINUTE)[0]?.lease).toMatchObject({ state: 'ended' });
    expect(after([...stopped, revoked(STARTED_AT + MINUTE)])[0]?.lease).toBeNull();
  });

  it('the end of a failed attempt beside the next one, until its machine ends it by itself', () => {
    const second = [...paid, placed(), failed(), placed(2)];
    const states = (now: number) => after(second, now).map(({ nodeId, lease }) => [nodeId, lease?.state]);
    expect(states(told - 1)).toEqual([
      [uuid('c', 1), 'ended'],
      [uuid('c', 2), 'run'],
    ]);
    expect(states(told)).toEqual([
      [uuid('c', 1), undefined],
      [uuid('c', 2), 'run'],
    ]);
    expect(goneAt(folded(second), STARTED_AT)).toBe(told);
    expect(goneAt(folded(second), told)).toBeNull();
  });

  it('no shorter life for a failed attempt when a later one starts and sets the end', () => {
    const facts = [...paid, placed(), failed(), placed(2), started(2)];
    expect(after(facts).map(({ lease }) => lease?.paidUntil)).toEqual(
      [told, ENDS_AT].map((at) => new Date(at).toISOString()),
    );
  });
});

/** Every entry that each fact of a random history would have had written. */
function entriesOf(script: Parameters<typeof historyOf>[0]): DesiredEntry[] {
  const streams = new Map<string, RentalFact[]>();
  return historyOf(script, { finished: true }).envelopes.flatMap((envelope) => {
    if (!envelope.stream.startsWith('rental-')) return [];
    const id = idOf(envelope.stream);
    const facts = [...(streams.get(id) ?? []), rentalStream.decode(envelope)];
    streams.set(id, facts);
    return after(facts, Date.parse(envelope.at));
  });
}
const keyOf = (entry: { readonly rentalId: string; readonly attempt: number }): string =>
  `${entry.rentalId}/${entry.attempt}`;
const NODE: DesiredNode = { nodeId: uuid('c', 1), leases: [] };

describe("a machine's document", () => {
  it('ends in the newest revision of each lease, in whatever order and however often they are written', () => {
    const shuffled = scripts(60).chain((script) => {
      const entries = entriesOf(script).filter((entry) => entry.lease !== null);
      return fc.tuple(
        fc.constant(entries),
        fc.shuffledSubarray([...entries, ...entries], { minLength: entries.length * 2 }),
      );
    });
    let seen = 0;
    fc.assert(
      fc.property(shuffled, ([inOrder, disordered]) => {
        const newest = new Map(inOrder.map((entry) => [keyOf(entry), entry.lease]));
        const { leases } = disordered.reduce(withEntry, NODE);
        expect(new Map(leases.map((lease) => [keyOf(lease), lease]))).toEqual(newest);
        expect(leases).toHaveLength(newest.size);
        seen += newest.size;
      }),
      { numRuns: 60 },
    );
    expect(seen).toBeGreaterThan(30);
  });

  it('never turns an end into a run again', () => {
    let ends = 0;
    fc.assert(
      fc.property(
        scripts(60).chain((script) => fc.shuffledSubarray(entriesOf(script))),
        (entries) => {
          const over = new Set<string>();
          let node = NODE;
          for (const entry of entries.filter(({ lease }) => lease !== null)) {
            node = withEntry(node, entry);
            for (const lease of node.leases) {
              if (lease.state === 'ended') over.add(keyOf(lease));
              else expect(over).not.toContain(keyOf(lease));
            }
          }
          ends += over.size;
        },
      ),
      { numRuns: 300 },
    );
    expect(ends).toBeGreaterThan(10);
  });

  it('is the same object where there is nothing to write', () => {
    const [entry] = after(running);
    const node = withEntry(NODE, entry!);
    expect(withEntry(node, entry!)).toBe(node);
    expect(withEntry(node, after([...paid, placed()])[0]!)).toBe(node);
    expect(withEntry(NODE, { ...entry!, lease: null })).toBe(NODE);
  });

  it('loses an entry only by its own removal: absence of one says nothing of the others', () => {
    const [mine] = after(running);
    const theirs = { ...mine!, rentalId: uuid('a', 2), lease: { ...mine!.lease!, rentalId: uuid('a', 2) } };
    const both = [mine!, theirs].reduce(withEntry, NODE);
    expect(withEntry(both, { ...mine!, lease: null }).leases).toEqual([theirs.lease]);
    expect(withEntry(both, { ...mine!, attempt: 2, lease: null })).toBe(both);
  });
});
