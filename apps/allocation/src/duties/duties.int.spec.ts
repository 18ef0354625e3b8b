/** A lease from its first probe to the end of access, on a real Postgres. Doubles: the machine's SSH door, and the bucket. */

import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { telemetryProbe } from '@tokenos/contracts/subjects';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import { StaleRevision } from '@tokenos/runtime/bus/bucket';
import type { Duty } from '@tokenos/runtime/views/duty';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolled, enrolment } from '@tokenos/testing/generators/sample-node';
import {
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
  T0,
} from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { movableClock, openWorkbench, type Workbench } from '@tokenos/testing/service/workbench';
import { Liveness } from '../liveness.js';
import type { Parts } from '../parts.js';
import { ensureProbeKey, probePrivateKey } from '../probe/probe-keys.js';
import type { ProbeTarget } from '../probe/ssh-probe.js';
import { PROBE_EVERY, READY_WITHIN } from '../reactions.js';
import { allocationService } from '../service.js';
import type { AllocationTables } from '../view/tables.js';
import { failAttempt, start } from './attempt.js';
import { publishDesired } from './desired.js';
import { endLost, endTerm, probeRunning, revoke } from './run.js';
import { verifyNode } from './verify.js';

const NODE = uuid('c', 1);
const duty = (payload: Duty['payload'] = null, key = RENTAL): Duty => ({
  kind: 'any',
  key,
  dueAt: 0,
  attempts: 0,
  payload,
});

/** A double of the bucket: compare-and-set, and a moment between reading and writing into which others may step. */
function bucketDouble() {
  const entries = new Map<string, { value: DesiredNode; revision: number }>();
  let writes = 0;
  let between: (() => Promise<void>) | null = null;
  return {
    entries,
    meanwhile: (work: () => Promise<void>) => void (between = work),
    writes: () => writes,
    async get(key: string) {
      const found = entries.get(key);
      const step = between;
      between = null;
      await step?.();
      return found === undefined ? null : { key, ...found };
    },
    async update(key: string, value: DesiredNode, revision: number) {
      if ((entries.get(key)?.revision ?? 0) !== revision) throw new StaleRevision(key);
      entries.set(key, { value, revision: ++writes });
      return writes;
    },
  };
}

describe('a lease', () => {
  const postgres = withPostgres();
  const clock = movableClock(T0);
  let bench: Workbench<AllocationTables>;
  let parts: Parts;
  let bucket: ReturnType<typeof bucketDouble>;
  /** What the machine's door answers: null lets us in. */
  let door: string | null;
  let asked: ProbeTarget[];
  let published: { subject: string; result: ProbeResult }[];

  const tell = (...facts: RentalFact[]) => bench.tell(rentalStream, RENTAL, ...facts);
  const last = async () => (await bench.factsOf(rentalStream, RENTAL)).at(-1);
  const heard = (): void => parts.liveness.heard(NODE, clock.now(), ['GPU-1']);
  const toPlaced = async (): Promise<void> => {
    await tell(requested, received(), placed());
    await ensureProbeKey(bench.db, RENTAL, 1);
  };
  const toRunning = async (): Promise<void> => {
    await toPlaced();
    clock.time = STARTED_AT;
    await tell(started());
  };

  beforeEach(async () => {
    clock.time = placement().placedAt;
    [door, asked, published] = [null, [], []];
    bucket = bucketDouble();
    const { name, follows } = allocationService;
    bench = await openWorkbench<AllocationTables>(await postgres.freshDatabase(), { name, follows, clock });
    const { db, act, queue } = bench;
    parts = {
      ...{ db, act, queue, clock, liveness: new Liveness(clock), desired: bucket },
      probe: async (target) => (asked.push(target), door),
      readHostKey: async () => enrolment.hostKey,
      publishStored: async (subject, result) => void published.push({ subject, result: result as ProbeResult }),
    };
    await bench.tell(nodeStream, NODE, enrolled);
  });
  afterEach(() => bench.close());

  describe('that waits for its machine', () => {
    beforeEach(toPlaced);

    it('starts with the first probe that logs in, by its own key, over the path that the buyer was given', async () => {
      clock.time = STARTED_AT;
      expect(await start(parts, duty())).toBe('done');
      expect(await last()).toEqual(started());
      const { endpoint } = placement();
      const privateKey = await probePrivateKey(bench.db, RENTAL, 1);
      const { nodeKey } = enrolment;
      expect(asked).toEqual([{ ...endpoint, privateKey, rentalId: RENTAL, attempt: 1, nodeId: NODE, nodeKey }]);
      const beganAt = new Date(STARTED_AT).toISOString();
      const result = { nodeId: NODE, rentalId: RENTAL, attempt: 1, beganAt, succeeded: true, detail: null };
      expect(published).toEqual([{ subject: telemetryProbe(NODE), result }]);
      expect(await start(parts, duty())).toBe('done');
      expect(asked).toHaveLength(1);
    });

    it('is tried again each second while the door is shut, and each failure is told', async () => {
      door = 'connect ECONNREFUSED';
      expect(await start(parts, duty())).toEqual({ again: clock.now() + SECOND });
      expect(await last()).toEqual(placed());
      expect(published[0]?.result).toMatchObject({ succeeded: false, detail: 'connect ECONNREFUSED' });
    });

    it('does not start where its probe could not be recorded', async () => {
      const deaf = { ...parts, publishStored: () => Promise.reject(new Error('no bus')) };
      await expect(start(deaf, duty())).rejects.toThrow('no bus');
      expect(await last()).toEqual(placed());
    });

    it('starts at its deadline if it was ready and only we were away', async () => {
      clock.time += READY_WITHIN + MINUTE;
      expect(await failAttempt(parts, duty())).toBe('done');
      expect(await last()).toMatchObject({ type: 'RentalStarted' });
    });

    it('fails at its deadline if the door is still shut', async () => {
      door = 'connect ECONNREFUSED';
      await failAttempt(parts, duty());
      const why = 'not ready in time: connect ECONNREFUSED';
      expect(await last()).toEqual({ type: 'PlacementFailed', data: { attempt: 1, why, fault: 'operator' } });
      expect(await failAttempt(parts, duty())).toBe('done');
      expect(await last()).toMatchObject({ type: 'PlacementFailed' });
    });

    it('is over for good when its attempt has failed, whatever becomes of the rental', async () => {
      const phase = async () => (await bench.db.selectFrom('leases').select('phase').executeTakeFirst())?.phase;
      expect(await phase()).toBe('starting');
      await tell(failed());
      expect(await phase()).toBe('over');
      await tell(ended('buyer_stopped', clock.now()));
      expect(await phase()).toBe('over');
    });

    it('fails at once when the agent says it never will be ready, but not for what it said of an earlier attempt', async () => {
      await tell(failed(), placed(2));
      expect(await failAttempt(parts, duty({ attempt: 1, why: 'no bwrap' }))).toBe('done');
      expect(await last()).toEqual(placed(2));
      await failAttempt(parts, duty({ attempt: 2, why: 'no bwrap' }));
      expect(await last()).toMatchObject({ type: 'PlacementFailed', data: { attempt: 2, why: 'no bwrap' } });
      expect(asked).toEqual([]);
    });
  });

  describe('that runs', () => {
    beforeEach(toRunning);

    it('is probed every 45 s', async () => {
      expect(await probeRunning(parts, duty())).toEqual({ again: clock.now() + PROBE_EVERY });
      expect(published).toHaveLength(1);
    });

    it('is lost when its machine is silent for more than 60 s and the probe fails', async () => {
      heard();
      door = 'timeout';
      clock.time += 60 * SECOND;
      expect(await probeRunning(parts, duty())).toEqual({ again: clock.now() + 15 * SECOND });
      clock.time += 1;
      expect(await probeRunning(parts, duty())).toBe('done');
      expect(await last()).toEqual(ended('node_failed', clock.now(), 'operator'));
      expect(published.map(({ result }) => result.succeeded)).toEqual([false, false]);
    });

    it('is not lost while heartbeats come, however often the probe fails', async () => {
      door = 'timeout';
      for (let n = 0; n < 10; n++) {
        clock.time += 15 * SECOND;
        heard();
        expect(await probeRunning(parts, duty())).toEqual({ again: clock.now() + 15 * SECOND });
      }
      expect(await last()).toEqual(started());
    });

    it('is not lost while the probe succeeds, however long the machine is silent', async () => {
      clock.time += 20 * MINUTE;
      expect(await probeRunning(parts, duty())).toEqual({ again: clock.now() + PROBE_EVERY });
      expect(await last()).toEqual(started());
    });

    it('is not lost because we were away: after our restart silence begins anew', async () => {
      heard();
      door = 'timeout';
      const lastHeard = clock.now();
      clock.time += 20 * MINUTE;
      const restarted = { ...parts, liveness: new Liveness(clock) };
      restarted.liveness.heard(NODE, lastHeard, ['GPU-1']);
      expect(await probeRunning(restarted, duty())).toEqual({ again: clock.now() + 15 * SECOND });
      clock.time += 60 * SECOND;
      expect(await probeRunning(restarted, duty())).toEqual({ again: clock.now() + 15 * SECOND });
      clock.time += 1;
      expect(await probeRunning(restarted, duty())).toBe('done');
      expect(await last()).toMatchObject({ data: { reason: 'node_failed' } });
    });

    it('ends when its agent says that it died, but not for an earlier attempt', async () => {
      await endLost(parts, duty({ attempt: 2 }));
      expect(await last()).toEqual(started());
      await endLost(parts, duty({ attempt: 1 }));
      expect(await last()).toEqual(ended('node_failed', clock.now(), 'operator'));
    });

    it('keeps its access when its machine says that it ended, and nobody else did', async () => {
      await revoke(parts, duty({ attempt: 1, since: new Date(clock.now()).toISOString() }));
      expect(await last()).toEqual(started());
    });

    it('ends with its term, to the millisecond, and once', async () => {
      clock.time = ENDS_AT - 1;
      expect(await endTerm(parts, duty())).toEqual({ again: ENDS_AT });
      clock.time = ENDS_AT + 3 * SECOND;
      expect(await endTerm(parts, duty())).toBe('done');
      expect(await endTerm(parts, duty())).toBe('done');
      const facts = await bench.factsOf(rentalStream, RENTAL);
      expect(facts.filter(({ type }) => type === 'RentalEnded')).toEqual([ended('term_elapsed', ENDS_AT)]);
    });
  });

  describe('that has ended', () => {
    const endedAt = STARTED_AT + 10 * MINUTE;
    const iso = (at: number) => new Date(at).toISOString();
    beforeEach(async () => {
      await toRunning();
      clock.time = endedAt;
      await tell(ended('buyer_stopped', endedAt));
      clock.time = endedAt + 5 * SECOND;
    });

    const times: readonly (readonly [string, number, number])[] = [
      ['when the agent says so', endedAt + SECOND, endedAt + SECOND],
      ['not before the end, where its clock is behind', endedAt - MINUTE, endedAt],
      ['not later than now, where its clock is ahead', endedAt + MINUTE, endedAt + 5 * SECOND],
    ];
    it.each(times)('has its access revoked %s', async (_, since, at) => {
      await revoke(parts, duty({ attempt: 1, since: iso(since) }));
      expect(await last()).toEqual(revoked(at));
      await revoke(parts, duty({ attempt: 1, since: iso(since) }));
      expect(await bench.factsOf(rentalStream, RENTAL)).toHaveLength(6);
    });

    it('is not probed, started, failed or ended again', async () => {
      for (const act of [probeRunning, start, failAttempt, endTerm]) expect(await act(parts, duty())).toBe('done');
      await endLost(parts, duty({ attempt: 1 }));
      expect(asked).toEqual([]);
      expect(await last()).toEqual(ended('buyer_stopped', endedAt));
    });
  });

  describe("in its machine's document", () => {
    const states = () => bucket.entries.get(NODE)?.value.leases.map(({ attempt, state }) => `${attempt} ${state}`);

    it('appears, ends and goes', async () => {
      await toPlaced();
      await publishDesired(parts, duty());
      expect(states()).toEqual(['1 run']);
      await tell(ended('buyer_stopped', clock.now()));
      await publishDesired(parts, duty());
      expect(states()).toEqual(['1 ended']);
      await tell(revoked(clock.now()));
      await publishDesired(parts, duty());
      expect(states()).toEqual([]);
    });

    it('is written only where it says something new', async () => {
      await toPlaced();
      for (let n = 0; n < 3; n++) expect(await publishDesired(parts, duty())).toBe('done');
      expect(bucket.writes()).toBe(1);
    });

    it('does not come back when an older look is written late', async () => {
      await toPlaced();
      await publishDesired(parts, duty());
      await tell(ended('buyer_stopped', clock.now()));
      // Between this reading of the document and its writing the lease is ended, gone, and taken out.
      bucket.meanwhile(async () => {
        await publishDesired(parts, duty());
        await tell(revoked(clock.now()));
        await publishDesired(parts, duty());
      });
      await publishDesired(parts, duty());
      expect(states()).toEqual([]);
    });

    it('stands beside what another writer put there meanwhile', async () => {
      await toPlaced();
      const theirs = { rentalId: uuid('a', 2), attempt: 1, revision: 2, state: 'run' } as DesiredNode['leases'][number];
      bucket.meanwhile(async () => {
        await bucket.update(NODE, { nodeId: NODE, leases: [theirs] }, 0);
      });
      await publishDesired(parts, duty());
      expect(bucket.entries.get(NODE)?.value.leases.map(({ rentalId }) => rentalId)).toEqual([uuid('a', 2), RENTAL]);
    });

    it('ends on the machine of a failed attempt, and is looked at again when that one is over by itself', async () => {
      await toPlaced();
      await publishDesired(parts, duty());
      await tell(failed());
      const over = placement().placedAt + 61 * MINUTE;
      expect(await publishDesired(parts, duty())).toEqual({ again: over });
      expect(states()).toEqual(['1 ended']);
      clock.time = over;
      expect(await publishDesired(parts, duty())).toBe('done');
      expect(states()).toEqual([]);
    });
  });

  describe('on a new machine', () => {
    const nodeFact = async () => (await bench.factsOf(nodeStream, NODE)).at(-1);
    const verify = (missing: string[], readHostKey: Parts['readHostKey']) =>
      verifyNode({ ...parts, readHostKey }, duty({ missing }, NODE));

    it('is offered once its own host key answered and its cards are there', async () => {
      expect(await verify([], async () => enrolment.hostKey)).toBe('done');
      expect(await nodeFact()).toEqual({ type: 'NodeVerified', data: { hostKey: enrolment.hostKey } });
      expect(await verify([], async () => 'ssh-ed25519 other')).toBe('done');
      expect(await bench.factsOf(nodeStream, NODE)).toHaveLength(2);
    });

    it('is refused where another host key answers, or a card is not there', async () => {
      await verify([], async () => 'ssh-ed25519 other');
      expect(await nodeFact()).toEqual({ type: 'NodeRejected', data: { why: 'another host key answered' } });
      await bench.tell(nodeStream, uuid('c', 2), {
        type: 'NodeEnrolled',
        data: { ...enrolment, nodeId: uuid('c', 2) },
      });
      await verifyNode(parts, duty({ missing: ['GPU-2'] }, uuid('c', 2)));
      const refused = (await bench.factsOf(nodeStream, uuid('c', 2))).at(-1);
      expect(refused).toEqual({ type: 'NodeRejected', data: { why: 'GPUs not there: GPU-2' } });
    });

    it('waits while nothing answers', async () => {
      expect(await verify([], () => Promise.reject(new Error('timeout')))).toEqual({
        again: clock.now() + 10 * SECOND,
      });
      expect(await nodeFact()).toEqual(enrolled);
    });
  });
});
