/** A machine that dies under a running rental: another one takes it over, or everything unused goes back. Each step may be the last. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import { checkpointRequested, NOTICED_AT, vanished } from '@tokenos/testing/generators/sample-course';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { ended, ENDS_AT, failed, RATE, RENTAL, revoked, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Parts } from '../parts.js';
import { duty, type LeaseBench, NODE, openLeaseBench } from '../testing/lease-bench.js';
import { start } from './attempt.js';
import { saveCheckpoint } from './checkpoint.js';
import { publishDesired } from './desired.js';
import { giveUp } from './give-up.js';
import { interrupt, reportLost, withdraw, WITHDRAWN } from './interrupt.js';
import { place, SWEEP_EVERY } from './place.js';
import { releaseClaims } from './release.js';
import { endAbsent, noteReturn } from './returning.js';
import { endTerm, probeRunning, revoke } from './run.js';
import { endUncovered } from './uncovered.js';

const postgres = withPostgres();
const LOST_AT = STARTED_AT + 10 * MINUTE;
const iso = (at: number): string => new Date(at).toISOString();

describe('a rental whose machine dies', () => {
  let lease: LeaseBench;
  const types = async () => (await lease.bench.factsOf(rentalStream, RENTAL)).slice(4).map(({ type }) => type);
  const lost = () => reportLost(lease.parts, duty({ attempt: 1 }));
  const holders = async () => {
    const rows = await lease.bench.db.selectFrom('gpu_claims').selectAll().orderBy('gpu_uuid').execute();
    return Object.fromEntries(rows.map((row) => [row.gpu_uuid, row.rental_id === null ? null : row.attempt]));
  };
  /** As if killed between what a duty decided and what it appended. */
  const killed = (): Parts => ({
    ...lease.parts,
    act: { ...lease.parts.act, handle: () => Promise.reject(new Error('killed')) },
  });

  beforeEach(async () => {
    lease = await openLeaseBench(await postgres.freshDatabase());
    await lease.toRunning();
    await lease.parts.gpuLock.placing((claims) => claims.claim(RENTAL, { nodeId: NODE, attempt: 1 }, ['GPU-1']));
    lease.clock.time = LOST_AT;
  });
  afterEach(() => lease.bench.close());

  it('goes on on another one, that is probed before anyone is told', async () => {
    await lost();
    const other = await lease.spare(2);
    expect(await place(lease.parts, duty())).toBe('done');
    expect(await lease.last()).toMatchObject({ type: 'RentalPlaced', data: { attempt: 2, nodeId: other } });
    lease.door.answer = 'connect ECONNREFUSED';
    expect(await start(lease.parts, duty())).toEqual({ again: LOST_AT + SECOND });
    lease.door.answer = null;
    lease.clock.time += 8 * SECOND;
    expect(await start(lease.parts, duty())).toBe('done');
    expect(await lease.last()).toEqual({
      type: 'RentalResumed',
      data: { attempt: 2, resumedAt: LOST_AT + 8 * SECOND },
    });
    expect(lease.asked.at(-1)).toMatchObject({ nodeId: other, attempt: 2 });
    expect(await types()).toEqual(['RentalInterrupted', 'RentalPlaced', 'RentalResumed']);
  });

  it('takes the same course where we are killed between any two steps of it', async () => {
    await expect(reportLost(killed(), duty({ attempt: 1 }))).rejects.toThrow('killed');
    for (let n = 0; n < 2; n++) await lost();
    await lease.spare(2);
    await expect(place(killed(), duty())).rejects.toThrow('killed');
    await lease.spare(3);
    for (let n = 0; n < 2; n++) await place(lease.parts, duty());
    await expect(start(killed(), duty())).rejects.toThrow('killed');
    for (let n = 0; n < 2; n++) await start(lease.parts, duty());
    expect(await types()).toEqual(['RentalInterrupted', 'RentalPlaced', 'RentalResumed']);
    expect(await holders()).toEqual({ 'GPU-1': 1, 'GPU-2': 2 });
  });

  it('is told to both machines: the dead one what is over, the new one until when it is paid', async () => {
    await publishDesired(lease.parts, duty());
    await lost();
    const other = await lease.spare(2);
    await place(lease.parts, duty());
    expect(await publishDesired(lease.parts, duty())).toEqual({ again: ENDS_AT });
    const leases = (nodeId: string) =>
      lease.bucket.entries.get(nodeId)?.value.leases.map(({ state, paidUntil }) => [state, paidUntil]);
    expect(leases(NODE)).toEqual([['ended', iso(ENDS_AT)]]);
    expect(leases(other)).toEqual([['run', iso(ENDS_AT)]]);
  });

  it('never goes back to a machine that it was lost on, and has three tries for each loss', async () => {
    await lease.bench.tell(
      nodeStream,
      NODE,
      { type: 'NodeVerified', data: { hostKey: enrolment.hostKey } },
      { type: 'NodePriced', data: { rateMicroUsdcPerHour: RATE } },
    );
    lease.parts.liveness.heard(NODE, LOST_AT, ['GPU-2']);
    await lost();
    expect(await place(lease.parts, duty())).toEqual({ again: LOST_AT + SWEEP_EVERY });
    for (const n of [2, 3, 4]) {
      await lease.spare(n);
      await place(lease.parts, duty());
      await lease.tell(failed(n));
    }
    await lease.spare(5);
    expect(await place(lease.parts, duty())).toBe('done');
    expect(await giveUp(lease.parts, duty())).toBe('done');
    expect(await lease.last()).toEqual(ended('node_failed', LOST_AT, 'operator'));
  });

  it('says each time that it finds nobody, so that others can make room', async () => {
    await lost();
    for (let n = 0; n < 2; n++) await place(lease.parts, duty());
    expect(lease.said).toEqual([`shortage.${RENTAL}`, `shortage.${RENTAL}`]);
  });

  it('ends where nobody can serve within its wait, not a millisecond before', async () => {
    await lost();
    const deadline = LOST_AT + 60 * SECOND;
    lease.clock.time = deadline - 1;
    expect(await giveUp(lease.parts, duty())).toEqual({ again: deadline });
    lease.clock.time = deadline;
    expect(await giveUp(lease.parts, duty())).toBe('done');
    expect(await lease.last()).toEqual(ended('node_failed', deadline, 'operator'));
  });

  it('ends with its term where that comes first', async () => {
    lease.clock.time = ENDS_AT - SECOND;
    await lost();
    lease.clock.time = ENDS_AT;
    expect(await endTerm(lease.parts, duty())).toBe('done');
    expect(await lease.last()).toEqual(ended('term_elapsed', ENDS_AT));
  });

  describe('because its operator withdrew it', () => {
    const retire = () => lease.bench.tell(nodeStream, NODE, { type: 'NodeRetired', data: {} });

    it('looks for another one, and ends for that reason where there is none', async () => {
      await withdraw(lease.parts, duty(null, NODE));
      expect(await types()).toEqual([]);
      await retire();
      for (let n = 0; n < 2; n++) await withdraw(lease.parts, duty(null, NODE));
      expect(await types()).toEqual(['RentalInterrupted']);
      expect(await lease.last()).toMatchObject({ data: { attempt: 1, why: WITHDRAWN, fault: 'operator' } });
      lease.clock.time += 60 * SECOND;
      await giveUp(lease.parts, duty());
      expect(await lease.last()).toEqual(ended('operator_withdrew', lease.clock.now(), 'operator'));
    });

    it('is found by the next probe where it was placed there in that moment', async () => {
      await retire();
      expect(await probeRunning(lease.parts, duty())).toBe('done');
      expect(await lease.last()).toMatchObject({ type: 'RentalInterrupted', data: { why: WITHDRAWN } });
    });
  });

  describe('holds its dead GPUs', () => {
    beforeEach(async () => {
      await lost();
      await lease.spare(2);
      await place(lease.parts, duty());
    });

    it('until their machine says that nothing is left of the lease, though the rental runs elsewhere', async () => {
      await start(lease.parts, duty());
      expect(await releaseClaims(lease.parts, duty())).toEqual({ again: ENDS_AT + 60 * SECOND });
      lease.clock.time += MINUTE;
      await revoke(lease.parts, duty({ attempt: 1, since: iso(LOST_AT + 5 * SECOND) }));
      expect(await lease.last()).toEqual(revoked(LOST_AT + 5 * SECOND));
      expect(await releaseClaims(lease.parts, duty())).toBe('done');
      expect(await holders()).toEqual({ 'GPU-1': null, 'GPU-2': 2 });
    });

    it('for a minute beyond what it was paid for, where it never says', async () => {
      lease.clock.time = ENDS_AT + 60 * SECOND - 1;
      await releaseClaims(lease.parts, duty());
      expect(await holders()).toEqual({ 'GPU-1': 1, 'GPU-2': 2 });
      lease.clock.time += 1;
      await releaseClaims(lease.parts, duty());
      expect(await holders()).toEqual({ 'GPU-1': null, 'GPU-2': 2 });
    });

    it('is not taken for revoked by what the machine says while it still may run', async () => {
      await start(lease.parts, duty());
      await revoke(lease.parts, duty({ attempt: 2, since: iso(LOST_AT) }));
      expect(await lease.last()).toMatchObject({ type: 'RentalResumed' });
    });
  });

  describe('and whose buyer then', () => {
    const resumedAt = LOST_AT + 8 * SECOND;
    beforeEach(async () => {
      await lost();
      await lease.spare(2);
      await place(lease.parts, duty());
      lease.clock.time = resumedAt;
      await start(lease.parts, duty());
    });
    const seen = (at: number, attempt = 2) => noteReturn(lease.parts, duty({ attempt, since: iso(at) }));

    const times: readonly (readonly [string, number, number])[] = [
      ['when the machine says', resumedAt + 30 * SECOND, resumedAt + 30 * SECOND],
      ['not before it ran there', resumedAt - MINUTE, resumedAt],
      ['not later than now', resumedAt + 9 * MINUTE, resumedAt + MINUTE],
    ];
    it.each(times)('is back, is so %s, and once', async (_, at, returnedAt) => {
      lease.clock.time = resumedAt + MINUTE;
      for (let n = 0; n < 2; n++) await seen(at);
      expect(await lease.last()).toEqual({ type: 'BuyerReturned', data: { attempt: 2, returnedAt, how: 'login' } });
      expect(await types()).toHaveLength(4);
      lease.clock.time = resumedAt + 30 * MINUTE;
      expect(await endAbsent(lease.parts, duty())).toBe('done');
      expect(await types()).toHaveLength(4);
    });

    it('is not back by what an earlier machine says', async () => {
      await seen(resumedAt, 1);
      expect(await lease.last()).toMatchObject({ type: 'RentalResumed' });
    });

    it('stays away for 30 minutes pays for none of them: the rental ends', async () => {
      const deadline = resumedAt + 30 * MINUTE;
      expect(await endAbsent(lease.parts, duty())).toEqual({ again: deadline });
      lease.clock.time = deadline;
      expect(await endAbsent(lease.parts, duty())).toBe('done');
      expect(await lease.last()).toEqual(ended('node_failed', deadline, 'operator'));
    });
  });

  it('is not interrupted twice, nor after its end', async () => {
    await interrupt(lease.parts, RENTAL, 1, 'gone');
    await interrupt(lease.parts, RENTAL, 1, 'gone');
    expect(await types()).toEqual(['RentalInterrupted']);
    await lease.tell(ended('buyer_stopped', LOST_AT));
    await lost();
    expect(await types()).toEqual(['RentalInterrupted', 'RentalEnded']);
  });
});

describe('a running rental', () => {
  let lease: LeaseBench;
  beforeEach(async () => {
    lease = await openLeaseBench(await postgres.freshDatabase());
    await lease.toRunning();
    lease.clock.time = STARTED_AT + 10 * MINUTE;
  });
  afterEach(() => lease.bench.close());

  it('ends when its payment vanishes, and not while it is covered', async () => {
    await endUncovered(lease.parts, duty());
    expect(await lease.last()).toMatchObject({ type: 'RentalStarted' });
    await lease.tell(vanished());
    for (let n = 0; n < 2; n++) await endUncovered(lease.parts, duty());
    expect(await lease.last()).toEqual(ended('payment_vanished', lease.clock.now(), 'buyer'));
  });

  it('has its checkpoint noted as the machine saved it, once, and not one that nobody asked for', async () => {
    const saved = (requestedAt: number, savedAt = requestedAt) => ({
      ...{ requestedAt: iso(requestedAt), savedAt: iso(savedAt) },
      ...{ where: 'local/x.tar', sha256: 'c'.repeat(64), bytes: 7 },
    });
    const note = (requestedAt: number, savedAt?: number) =>
      saveCheckpoint(lease.parts, duty({ attempt: 1, saved: saved(requestedAt, savedAt) }));
    await note(NOTICED_AT);
    expect(await lease.last()).toMatchObject({ type: 'RentalStarted' });
    await lease.tell(checkpointRequested());
    await publishDesired(lease.parts, duty());
    expect(lease.bucket.entries.get(NODE)?.value.leases[0]?.checkpoint).toEqual({
      ...{ path: '/workspace', requestedAt: iso(NOTICED_AT) },
    });
    await note(NOTICED_AT - 1);
    expect(await lease.last()).toEqual(checkpointRequested());
    for (let n = 0; n < 2; n++) await note(NOTICED_AT, NOTICED_AT + 4 * SECOND);
    expect(await lease.last()).toEqual({
      type: 'CheckpointSaved',
      data: { attempt: 1, where: 'local/x.tar', sha256: 'c'.repeat(64), bytes: 7, savedAt: NOTICED_AT + 4 * SECOND },
    });
    expect(await lease.bench.factsOf(rentalStream, RENTAL)).toHaveLength(6);
  });
});
