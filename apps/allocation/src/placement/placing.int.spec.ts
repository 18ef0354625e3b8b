/** Placing on a real Postgres: who gets the GPU, what a crash leaves behind, and when a GPU is free again. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import type { RentalFact, RentalPlaced } from '@tokenos/domain/rental/facts';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import {
  ended,
  failed,
  payment,
  RATE,
  requested,
  requestedWith,
  revoked,
  started,
  T0,
} from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { movableClock, openWorkbench, type Workbench } from '@tokenos/testing/service/workbench';
import { giveUp } from '../duties/give-up.js';
import { ORPHAN_AFTER, place, SWEEP_EVERY } from '../duties/place.js';
import { releaseClaims } from '../duties/release.js';
import { Liveness } from '../liveness.js';
import type { Parts } from '../parts.js';
import { allocationService } from '../service.js';
import { placeDuty as duty, unprobed } from '../testing/unprobed.js';
import { sqlStores } from '../sql/stores.js';
import type { AllocationTables } from '../sql/tables.js';

const { name, follows } = allocationService;
const PAID_AT = payment().blockTime;

describe('placing', () => {
  const postgres = withPostgres();
  const clock = movableClock(T0);
  let url: string;
  let opened: Workbench<AllocationTables>[];
  let bench: Workbench<AllocationTables>;
  let parts: Parts;

  const open = async (): Promise<Parts> => {
    bench = await openWorkbench<AllocationTables>(url, { name, follows, clock });
    opened.push(bench);
    const { db, act, queue } = bench;
    return { ...sqlStores(db), act, queue, clock, liveness: new Liveness(clock), ...unprobed };
  };

  /** A verified machine with this many cards, online as far as these processes know. */
  async function machine(n: number, cards: number, rate = RATE, ...listeners: readonly Parts[]): Promise<void> {
    const uuids = Array.from({ length: cards }, (_, gpu) => `GPU-${n}-${gpu}`);
    const gpus = uuids.map((gpu) => ({ uuid: gpu, model: 'NVIDIA H100' }));
    const node = { ...enrolment, nodeId: uuid('c', n), gpus };
    await bench.tell(
      nodeStream,
      node.nodeId,
      { type: 'NodeEnrolled', data: node },
      { type: 'NodeVerified', data: { hostKey: node.hostKey } },
      { type: 'NodePriced', data: { rateMicroUsdcPerHour: rate } },
    );
    for (const { liveness } of [parts, ...listeners]) liveness.heard(node.nodeId, clock.now(), uuids);
  }
  /** A rental that has just been paid. */
  async function paid(n: number, request: RentalFact = requested): Promise<string> {
    const rentalId = uuid('a', n);
    const asked = { ...request, data: { ...request.data, rentalId } } as RentalFact;
    const data = payment(n, { blockTime: PAID_AT });
    await bench.tell(rentalStream, rentalId, asked, { type: 'PaymentReceived', data });
    return rentalId;
  }
  const placedOf = async (rentalId: string): Promise<RentalPlaced[]> =>
    (await bench.factsOf(rentalStream, rentalId)).flatMap((fact) => (fact.type === 'RentalPlaced' ? [fact.data] : []));
  const holders = async (): Promise<Record<string, string | null>> => {
    const rows = await bench.db.selectFrom('gpu_claims').selectAll().orderBy('gpu_uuid').execute();
    return Object.fromEntries(rows.map((row) => [row.gpu_uuid, row.rental_id]));
  };
  const acting = (handle: Parts['act']['handle']): Parts => ({ ...parts, act: { ...parts.act, handle } });
  const crashBefore = acting.bind(null, () => Promise.reject(new Error('killed before the append')));

  beforeEach(async () => {
    clock.time = PAID_AT + SECOND;
    url = await postgres.freshDatabase();
    opened = [];
    parts = await open();
  });
  afterEach(() => Promise.all(opened.map((each) => each.close())));

  it('gives one idle GPU to exactly one of two rentals, whichever process is faster', async () => {
    const second = await open();
    await machine(1, 1, RATE, second);
    const rentals = [await paid(1), await paid(2)];
    const outcomes = await Promise.all([place(parts, duty(rentals[0]!)), place(second, duty(rentals[1]!))]);
    const again = { again: clock.now() + SWEEP_EVERY };
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(outcomes).toContainEqual(again);
    const [winner, loser] = outcomes[0] === 'done' ? rentals : [...rentals].reverse();
    expect(await placedOf(winner!)).toHaveLength(1);
    expect(await placedOf(loser!)).toEqual([]);
    expect(await holders()).toEqual({ 'GPU-1-0': winner });
  });

  it('never gives a GPU twice, however many rentals want the last ones at once', async () => {
    const second = await open();
    await machine(1, 2, RATE, second);
    await machine(2, 3, RATE, second);
    const rentals = await Promise.all([1, 2, 3, 4].map((n) => paid(n, requestedWith({ gpuCount: 2 }))));
    await Promise.all(rentals.map((id, n) => place(n % 2 === 0 ? parts : second, duty(id))));
    const given = (await Promise.all(rentals.map(placedOf))).flat().flatMap(({ gpus }) => gpus.map((gpu) => gpu.uuid));
    expect(given).toHaveLength(4);
    expect(new Set(given).size).toBe(4);
  });

  it('raises the lease epoch of a GPU each time it is leased again', async () => {
    await machine(1, 2);
    const epochs: number[][] = [];
    for (const n of [1, 2, 3]) {
      const id = await paid(n, requestedWith({ gpuCount: n === 2 ? 1 : 2 }));
      await place(parts, duty(id));
      epochs.push((await placedOf(id))[0]!.gpus.map((gpu) => gpu.leaseEpoch));
      await bench.tell(rentalStream, id, ended('buyer_stopped', clock.now()), revoked(clock.now()));
      await releaseClaims(parts, duty(id));
    }
    expect(epochs).toEqual([[1, 1], [2], [3, 2]]);
  });

  it('does not take a card for busy because another machine, that names its own alike, leases it out', async () => {
    await machine(1, 1);
    const first = await paid(1);
    await place(parts, duty(first));
    const namesake = { ...enrolment, nodeId: uuid('c', 3), gpus: [{ uuid: 'GPU-1-0', model: 'NVIDIA H100' }] };
    await bench.tell(
      nodeStream,
      namesake.nodeId,
      { type: 'NodeEnrolled', data: namesake },
      { type: 'NodeVerified', data: { hostKey: namesake.hostKey } },
      { type: 'NodePriced', data: { rateMicroUsdcPerHour: usdc(1_000_000n) } },
    );
    parts.liveness.heard(namesake.nodeId, clock.now(), ['GPU-1-0']);
    const second = await paid(2);
    await place(parts, duty(second));
    // The card's epochs rise across machines: were it the same card moved, its leases must still have an order.
    expect(await placedOf(second)).toMatchObject([
      { nodeId: namesake.nodeId, gpus: [{ uuid: 'GPU-1-0', leaseEpoch: 2 }] },
    ]);
    await bench.tell(rentalStream, second, ended('buyer_stopped', clock.now()), revoked(clock.now()));
    await releaseClaims(parts, duty(second));
    const held = await bench.db.selectFrom('gpu_claims').selectAll().where('rental_id', 'is not', null).execute();
    expect(held).toMatchObject([{ node_id: uuid('c', 1), gpu_uuid: 'GPU-1-0', rental_id: first }]);
  });

  it('passes over a card that its machine calls broken', async () => {
    await machine(1, 2);
    parts.liveness.heard(uuid('c', 1), clock.now(), ['GPU-1-1']);
    const [first, second] = [await paid(1), await paid(2)];
    await place(parts, duty(first));
    expect((await placedOf(first))[0]?.gpus).toEqual([{ uuid: 'GPU-1-1', leaseEpoch: 1 }]);
    expect(await place(parts, duty(second))).toEqual({ again: clock.now() + SWEEP_EVERY });
  });

  it('waits for a machine and places as soon as one is back', async () => {
    const id = await paid(1);
    expect(await place(parts, duty(id))).toEqual({ again: clock.now() + SWEEP_EVERY });
    await machine(1, 1);
    expect(await place(parts, duty(id))).toBe('done');
    expect(await placedOf(id)).toHaveLength(1);
  });

  it('takes an end it has been told in the same moment: what was claimed is let go', async () => {
    await machine(1, 1);
    const id = await paid(1);
    const stoppedFirst = acting(async (kind, stream, command) => {
      await bench.tell(rentalStream, id, ended('buyer_stopped', clock.now()));
      return parts.act.handle(kind, stream, command);
    });
    expect(await place(stoppedFirst, duty(id))).toBe('done');
    expect(await placedOf(id)).toEqual([]);
    expect(await holders()).toEqual({ 'GPU-1-0': null });
  });

  describe('killed', () => {
    it('between the choice and the fact appends the same choice, though a better one has come up', async () => {
      await machine(1, 1);
      const id = await paid(1);
      await expect(place(crashBefore(), duty(id))).rejects.toThrow('killed');
      const chosenAt = clock.now();
      clock.time += 5 * SECOND;
      await machine(2, 1, usdc(1_000_000n));
      expect(await place(parts, duty(id))).toBe('done');
      expect(await placedOf(id)).toMatchObject([{ nodeId: uuid('c', 1), placedAt: chosenAt }]);
      expect(await holders()).toEqual({ 'GPU-1-0': id });
    });

    it('after the fact places nothing more', async () => {
      await machine(1, 2);
      const id = await paid(1);
      const killedAfter = acting(async (kind, stream, command) => {
        await parts.act.handle(kind, stream, command);
        throw new Error('killed after the append');
      });
      await expect(place(killedAfter, duty(id))).rejects.toThrow('killed');
      expect(await place(parts, duty(id))).toBe('done');
      expect(await placedOf(id)).toHaveLength(1);
      expect(await holders()).toEqual({ 'GPU-1-0': id });
    });

    it('between the choice and the fact of a rental that then ends leaves nothing locked', async () => {
      await machine(1, 1);
      const id = await paid(1);
      await expect(place(crashBefore(), duty(id))).rejects.toThrow('killed');
      await bench.tell(rentalStream, id, ended('buyer_stopped', clock.now()));
      // The end cancels the placing; what is left to look at the claims was written before they were.
      expect(await bench.dueAt('place', id)).toBeNull();
      expect(await bench.dueAt('orphan', id)).toBe(clock.now() + ORPHAN_AFTER);
      expect(await releaseClaims(parts, duty(id))).toBe('done');
      expect(await holders()).toEqual({ 'GPU-1-0': null });
    });
  });

  describe('a claim is kept', () => {
    it('while its placement is on its way, runs, or has ended without the machine saying so', async () => {
      await machine(1, 1);
      const id = await paid(1);
      await expect(place(crashBefore(), duty(id))).rejects.toThrow('killed');
      const held = async (): Promise<void> => {
        await releaseClaims(parts, duty(id));
        expect(await holders()).toEqual({ 'GPU-1-0': id });
      };
      await held();
      await place(parts, duty(id));
      await held();
      const endsAt = clock.now() + 60 * MINUTE;
      await bench.tell(rentalStream, id, {
        type: 'RentalStarted',
        data: { attempt: 1, startedAt: clock.now(), endsAt },
      });
      await held();
      await bench.tell(rentalStream, id, ended('node_failed', clock.now(), 'operator'));
      await held();
      expect(await releaseClaims(parts, duty(id))).toEqual({ again: endsAt + 60 * SECOND });
      clock.time = endsAt + 60 * SECOND - 1;
      await held();
      clock.time += 1;
      expect(await releaseClaims(parts, duty(id))).toBe('done');
      expect(await holders()).toEqual({ 'GPU-1-0': null });
    });

    it('for the attempt under way when the one before it is released', async () => {
      await machine(1, 1);
      const id = await paid(1);
      await place(parts, duty(id));
      await bench.tell(rentalStream, id, failed());
      await machine(2, 1);
      await place(parts, duty(id));
      expect(await holders()).toEqual({ 'GPU-1-0': id, 'GPU-2-0': id });
      expect(await releaseClaims(parts, duty(id))).toBe('done');
      expect(await holders()).toEqual({ 'GPU-1-0': null, 'GPU-2-0': id });
    });
  });

  describe('patience', () => {
    const fail = (id: string, attempt: number) => bench.tell(rentalStream, id, failed(attempt));
    const last = async (id: string) => (await bench.factsOf(rentalStream, id)).at(-1);

    it('ends after three attempts, each on another machine, without waiting any longer', async () => {
      for (const n of [1, 2, 3, 4]) await machine(n, 1);
      const id = await paid(1, requestedWith({ maxWaitMs: 10 * MINUTE }));
      for (const attempt of [1, 2, 3]) {
        await place(parts, duty(id));
        expect(await giveUp(parts, duty(id))).toEqual({ again: PAID_AT + 10 * MINUTE });
        await fail(id, attempt);
      }
      expect(new Set((await placedOf(id)).map(({ nodeId }) => nodeId)).size).toBe(3);
      expect(await place(parts, duty(id))).toBe('done');
      expect(await bench.dueAt('give-up', id)).toBe(clock.now());
      expect(await giveUp(parts, duty(id))).toBe('done');
      expect(await last(id)).toEqual(ended('capacity_unavailable', clock.now(), 'operator'));
    });

    it('ends at maxWait where nobody has room, not a millisecond before', async () => {
      const id = await paid(1);
      clock.time = PAID_AT + 60 * SECOND - 1;
      expect(await giveUp(parts, duty(id))).toEqual({ again: PAID_AT + 60 * SECOND });
      clock.time += 1;
      expect(await giveUp(parts, duty(id))).toBe('done');
      expect(await last(id)).toEqual(ended('capacity_unavailable', clock.now(), 'platform'));
    });

    it('ends at maxWait in the middle of an attempt too, but never once the rental runs', async () => {
      await machine(1, 2);
      const [waiting, running] = [await paid(1), await paid(2)];
      for (const id of [waiting, running]) await place(parts, duty(id));
      await bench.tell(rentalStream, running, started());
      clock.time = PAID_AT + 60 * SECOND;
      for (const id of [waiting, running]) expect(await giveUp(parts, duty(id))).toBe('done');
      expect(await last(waiting)).toMatchObject({ type: 'RentalEnded', data: { reason: 'capacity_unavailable' } });
      expect(await last(running)).toEqual(started());
    });
  });
});
