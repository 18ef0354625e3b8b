/** Who is asked to yield, on a real database: only SPOT, only for who pays full price and finds nobody idle, whole, and once. */

import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import { MINUTE } from '@tokenos/domain/time';
import { halted } from '@tokenos/testing/generators/sample-course';
import { ended, revoked, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { duty, openBench, type Bench } from '../testing/bench.js';
import { paidFacts, PAYING, runningFacts, spotId } from '../testing/world.js';
import { makeRoom } from './plan.js';

const ALSO_PAYING = spotId(98);

describe('making room', () => {
  const postgres = withPostgres();
  let url: string;
  let bench: Bench;
  beforeEach(async () => {
    url = await postgres.freshDatabase();
    bench = await openBench(url);
  });
  afterEach(() => bench.close());

  const running = (n: number, gpu: string, tier: Tier = 'SPOT', startedAt = STARTED_AT) =>
    bench.tell(spotId(n), ...runningFacts(spotId(n), [gpu], { tier, minutes: 10_080 }, startedAt));
  const told = async (...ids: readonly string[]): Promise<string[]> => {
    const facts = await Promise.all(ids.map(async (id) => ({ id, said: await bench.said(id) })));
    return facts.flatMap(({ id, said }) => said.map(({ type }) => `${id} ${type}`));
  };
  const asks = (rentalId = PAYING) => makeRoom(bench.parts, duty(rentalId));

  it('asks the SPOT rental that started last, and records for whom, what and why', async () => {
    await bench.machine(2);
    await running(1, 'GPU-0');
    await running(2, 'GPU-1', 'SPOT', STARTED_AT + MINUTE);
    await bench.tell(PAYING, ...paidFacts(PAYING));
    expect(await asks()).toBe('done');
    expect(await told(spotId(1), spotId(2))).toEqual([`${spotId(2)} PreemptionNoticed`]);
    const [notice] = await bench.said(spotId(2));
    expect(notice?.data).toMatchObject({
      rules: 'preemption@1',
      beneficiaryId: PAYING,
      gpuUuids: ['GPU-1'],
      noticedAt: bench.clock.time,
      receipt: { request: { rentalId: PAYING, gpuCount: 1 }, best: [{ victims: [spotId(2)], idleGpus: 0 }] },
    });
  });

  it('asks as many as are needed beside what is idle, and nobody twice', async () => {
    await bench.machine(4);
    for (const [n, gpu] of ['GPU-0', 'GPU-1', 'GPU-2'].entries()) await running(n + 1, gpu);
    await bench.tell(PAYING, ...paidFacts(PAYING, { gpuCount: 3 }));
    await asks();
    await asks();
    expect(await told(spotId(1), spotId(2), spotId(3))).toHaveLength(2);
  });

  it.each(['ON_DEMAND', 'RESERVED'] as const)('never asks %s, not even where nobody else could go', async (tier) => {
    await bench.machine(1);
    await running(1, 'GPU-0', tier);
    await bench.tell(PAYING, ...paidFacts(PAYING));
    await asks();
    expect(await told(spotId(1))).toEqual([]);
  });

  it('asks nobody for a SPOT request, for one that is not paid, for one that is halted, and for one that is gone', async () => {
    await bench.machine(1);
    await running(1, 'GPU-0');
    const histories = [
      paidFacts(spotId(11), { tier: 'SPOT' }),
      paidFacts(spotId(12)).slice(0, 1),
      [...paidFacts(spotId(13)), halted],
      [...paidFacts(spotId(14)), ended('buyer_stopped', STARTED_AT)],
    ];
    for (const [n, facts] of histories.entries()) {
      await bench.tell(spotId(11 + n), ...facts);
      await asks(spotId(11 + n));
    }
    await asks(spotId(15));
    expect(await told(spotId(1))).toEqual([]);
  });

  it('asks nobody while a machine is idle, and nobody on one that is not heard of', async () => {
    await bench.machine(2);
    await running(1, 'GPU-0');
    await bench.tell(PAYING, ...paidFacts(PAYING));
    await asks();
    expect(await told(spotId(1))).toEqual([]);
    await bench.tell(ALSO_PAYING, ...paidFacts(ALSO_PAYING, { gpuCount: 2 }));
    bench.clock.time += MINUTE;
    await asks(ALSO_PAYING);
    expect(await told(spotId(1))).toEqual([]);
  });

  it('does not count a broken card as one that could serve', async () => {
    await bench.machine(1);
    await running(1, 'GPU-0');
    bench.heard();
    await bench.tell(PAYING, ...paidFacts(PAYING));
    await asks();
    expect(await told(spotId(1))).toEqual([]);
  });

  it('asks another one for a second request, and nobody for a third', async () => {
    await bench.machine(2);
    await running(1, 'GPU-0');
    await running(2, 'GPU-1');
    for (const id of [PAYING, ALSO_PAYING, spotId(97)]) {
      await bench.tell(id, ...paidFacts(id));
      await asks(id);
    }
    const notices = [...(await bench.said(spotId(1))), ...(await bench.said(spotId(2)))];
    const beneficiaries = notices.flatMap((fact) =>
      fact.type === 'PreemptionNoticed' ? [fact.data.beneficiaryId] : [],
    );
    expect(beneficiaries.sort()).toEqual([ALSO_PAYING, PAYING]);
  });

  it('does not take GPUs that came free for one request to be idle for another', async () => {
    await bench.machine(2);
    await running(1, 'GPU-0');
    await running(2, 'GPU-1', 'SPOT', STARTED_AT - MINUTE);
    await bench.tell(PAYING, ...paidFacts(PAYING));
    await asks();
    await bench.tell(spotId(1), ended('buyer_stopped', STARTED_AT), revoked(STARTED_AT));
    await bench.tell(ALSO_PAYING, ...paidFacts(ALSO_PAYING));
    await asks(ALSO_PAYING);
    expect(await told(spotId(2))).toEqual([`${spotId(2)} PreemptionNoticed`]);
  });

  it('that died after the plan was recorded gives notice to the same victims, whoever has started since', async () => {
    await bench.machine(3);
    await running(1, 'GPU-0');
    await running(2, 'GPU-1');
    await bench.tell(PAYING, ...paidFacts(PAYING, { gpuCount: 3 }));
    const dies = { ...bench.parts.act, handle: () => Promise.reject(new Error('killed')) };
    await expect(makeRoom({ ...bench.parts, act: dies }, duty(PAYING))).rejects.toThrow('killed');
    expect(await told(spotId(1), spotId(2))).toEqual([]);
    await running(3, 'GPU-2', 'SPOT', STARTED_AT + MINUTE);
    await asks();
    expect((await told(spotId(1), spotId(2), spotId(3))).sort()).toEqual([
      `${spotId(1)} PreemptionNoticed`,
      `${spotId(2)} PreemptionNoticed`,
    ]);
  });

  it('passes over a victim that ended before its notice', async () => {
    await bench.machine(1);
    await running(1, 'GPU-0');
    await bench.tell(PAYING, ...paidFacts(PAYING));
    const dies = { ...bench.parts.act, handle: () => Promise.reject(new Error('killed')) };
    await expect(makeRoom({ ...bench.parts, act: dies }, duty(PAYING))).rejects.toThrow('killed');
    await bench.tell(spotId(1), ended('buyer_stopped', STARTED_AT));
    expect(await asks()).toBe('done');
    expect(await told(spotId(1))).toEqual([`${spotId(1)} RentalEnded`]);
  });

  it('plans once, however many processes hear of the shortage at the same time', async () => {
    await bench.machine(3);
    for (const [n, gpu] of ['GPU-0', 'GPU-1', 'GPU-2'].entries()) await running(n + 1, gpu);
    await bench.tell(PAYING, ...paidFacts(PAYING));
    const others = await Promise.all([openBench(url, bench.clock), openBench(url, bench.clock)]);
    for (const other of others) other.heard('GPU-0', 'GPU-1', 'GPU-2');
    await Promise.all([bench, ...others].map(({ parts }) => makeRoom(parts, duty(PAYING))));
    expect(await told(spotId(1), spotId(2), spotId(3))).toHaveLength(1);
    await Promise.all(others.map((other) => other.close()));
  });
});
