/** A lease from its first probe to the end of access: lost only when both paths are dead, over once and for good. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import { telemetryProbe } from '@tokenos/contracts/subjects';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import {
  ended,
  ENDS_AT,
  failed,
  placed,
  placement,
  RENTAL,
  revoked,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { Liveness } from '../liveness.js';
import { PROBE_EVERY, READY_WITHIN } from '../reactions.js';
import { duty, type LeaseBench, NODE, openLeaseBench } from '../testing/lease-bench.js';
import { failAttempt, start } from './attempt.js';
import { publishDesired } from './desired.js';
import { reportLost, SILENT } from './interrupt.js';
import { endTerm, probeRunning, revoke } from './run.js';

const postgres = withPostgres();

describe('a lease', () => {
  let lease: LeaseBench;
  beforeEach(async () => {
    lease = await openLeaseBench(await postgres.freshDatabase());
  });
  afterEach(() => lease.bench.close());

  describe('that waits for its machine', () => {
    beforeEach(() => lease.toPlaced());

    it('starts with the first probe that logs in, by its own key, over the path that the buyer was given', async () => {
      lease.clock.time = STARTED_AT;
      expect(await start(lease.parts, duty())).toBe('done');
      expect(await lease.last()).toEqual(started());
      const { endpoint } = placement();
      const privateKey = await lease.parts.probeKeys.privateKey(RENTAL, 1);
      const { nodeKey } = enrolment;
      expect(lease.asked).toEqual([{ ...endpoint, privateKey, rentalId: RENTAL, attempt: 1, nodeId: NODE, nodeKey }]);
      const beganAt = new Date(STARTED_AT).toISOString();
      const result = { nodeId: NODE, rentalId: RENTAL, attempt: 1, beganAt, succeeded: true, detail: null };
      expect(lease.published).toEqual([{ subject: telemetryProbe(NODE), result }]);
      expect(await start(lease.parts, duty())).toBe('done');
      expect(lease.asked).toHaveLength(1);
    });

    it('is tried again each second while the door is shut, and each failure is told', async () => {
      lease.door.answer = 'connect ECONNREFUSED';
      expect(await start(lease.parts, duty())).toEqual({ again: lease.clock.now() + SECOND });
      expect(await lease.last()).toEqual(placed());
      expect(lease.published[0]?.result).toMatchObject({ succeeded: false, detail: 'connect ECONNREFUSED' });
    });

    it('does not start where its probe could not be recorded', async () => {
      const deaf = { ...lease.parts, publishStored: () => Promise.reject(new Error('no bus')) };
      await expect(start(deaf, duty())).rejects.toThrow('no bus');
      expect(await lease.last()).toEqual(placed());
    });

    it('starts at its deadline if it was ready and only we were away', async () => {
      lease.clock.time += READY_WITHIN + MINUTE;
      expect(await failAttempt(lease.parts, duty())).toBe('done');
      expect(await lease.last()).toMatchObject({ type: 'RentalStarted' });
    });

    it('fails by our fault where its machine was never told of it', async () => {
      lease.door.answer = 'connect ECONNREFUSED';
      await failAttempt(lease.parts, duty());
      expect(await lease.last()).toMatchObject({ type: 'PlacementFailed', data: { attempt: 1, fault: 'platform' } });
    });

    it('fails at its deadline if the door is still shut', async () => {
      await publishDesired(lease.parts, duty());
      lease.door.answer = 'connect ECONNREFUSED';
      await failAttempt(lease.parts, duty());
      const why = 'not ready in time: connect ECONNREFUSED';
      expect(await lease.last()).toEqual({ type: 'PlacementFailed', data: { attempt: 1, why, fault: 'operator' } });
      expect(await failAttempt(lease.parts, duty())).toBe('done');
      expect(await lease.last()).toMatchObject({ type: 'PlacementFailed' });
    });

    it('is over for good when its attempt has failed, whatever becomes of the rental', async () => {
      const phase = async () => (await lease.bench.db.selectFrom('leases').select('phase').executeTakeFirst())?.phase;
      expect(await phase()).toBe('starting');
      await lease.tell(failed());
      expect(await phase()).toBe('over');
      await lease.tell(ended('buyer_stopped', lease.clock.now()));
      expect(await phase()).toBe('over');
    });

    it('fails at once when the agent says it never will be ready, but not for what it said of an earlier attempt', async () => {
      await lease.tell(failed(), placed(2));
      expect(await failAttempt(lease.parts, duty({ attempt: 1, why: 'no bwrap' }))).toBe('done');
      expect(await lease.last()).toEqual(placed(2));
      await failAttempt(lease.parts, duty({ attempt: 2, why: 'no bwrap' }));
      expect(await lease.last()).toMatchObject({ type: 'PlacementFailed', data: { attempt: 2, why: 'no bwrap' } });
      expect(lease.asked).toEqual([]);
    });
  });

  describe('that runs', () => {
    beforeEach(() => lease.toRunning());

    it('is probed every 45 s', async () => {
      expect(await probeRunning(lease.parts, duty())).toEqual({ again: lease.clock.now() + PROBE_EVERY });
      expect(lease.published).toHaveLength(1);
    });

    it('is said to have failed from the last knock on, not from the first', async () => {
      const began = lease.clock.now();
      const probe = async (_: unknown, onTry: () => void) => {
        onTry();
        lease.clock.time += 3 * SECOND;
        onTry();
        return 'connect ECONNREFUSED';
      };
      await probeRunning({ ...lease.parts, probe }, duty());
      const beganAt = new Date(began + 3 * SECOND).toISOString();
      expect(lease.published.at(-1)?.result).toMatchObject({ beganAt, succeeded: false });
    });

    it('is lost when its machine is silent for more than 60 s and the probe fails', async () => {
      lease.heard();
      lease.door.answer = 'timeout';
      lease.clock.time += 60 * SECOND;
      expect(await probeRunning(lease.parts, duty())).toEqual({ again: lease.clock.now() + 15 * SECOND });
      lease.clock.time += 1;
      expect(await probeRunning(lease.parts, duty())).toBe('done');
      expect(await lease.last()).toMatchObject({ type: 'RentalInterrupted', data: { attempt: 1, why: SILENT } });
      expect(lease.published.map(({ result }) => result.succeeded)).toEqual([false, false]);
    });

    it('is not lost while heartbeats come, however often the probe fails', async () => {
      lease.door.answer = 'timeout';
      for (let n = 0; n < 10; n++) {
        lease.clock.time += 15 * SECOND;
        lease.heard();
        expect(await probeRunning(lease.parts, duty())).toEqual({ again: lease.clock.now() + 15 * SECOND });
      }
      expect(await lease.last()).toEqual(started());
    });

    it('is not lost while the probe succeeds, however long the machine is silent', async () => {
      lease.clock.time += 20 * MINUTE;
      expect(await probeRunning(lease.parts, duty())).toEqual({ again: lease.clock.now() + PROBE_EVERY });
      expect(await lease.last()).toEqual(started());
    });

    it('is not lost because we were away: after our restart silence begins anew', async () => {
      lease.heard();
      lease.door.answer = 'timeout';
      const lastHeard = lease.clock.now();
      lease.clock.time += 20 * MINUTE;
      const restarted = { ...lease.parts, liveness: new Liveness(lease.clock) };
      restarted.liveness.heard(NODE, lastHeard, ['GPU-1']);
      expect(await probeRunning(restarted, duty())).toEqual({ again: lease.clock.now() + 15 * SECOND });
      lease.clock.time += 60 * SECOND;
      expect(await probeRunning(restarted, duty())).toEqual({ again: lease.clock.now() + 15 * SECOND });
      lease.clock.time += 1;
      expect(await probeRunning(restarted, duty())).toBe('done');
      expect(await lease.last()).toMatchObject({ type: 'RentalInterrupted' });
    });

    it('is lost when its agent says that it died, but not by what it says of an earlier attempt', async () => {
      await reportLost(lease.parts, duty({ attempt: 2 }));
      expect(await lease.last()).toEqual(started());
      await reportLost(lease.parts, duty({ attempt: 1 }));
      expect(await lease.last()).toMatchObject({ type: 'RentalInterrupted', data: { attempt: 1, fault: 'operator' } });
    });

    it('keeps its access when its machine says that it ended, and nobody else did', async () => {
      await revoke(lease.parts, duty({ attempt: 1, since: new Date(lease.clock.now()).toISOString() }));
      expect(await lease.last()).toEqual(started());
    });

    it('ends with its term, to the millisecond, and once', async () => {
      lease.clock.time = ENDS_AT - 1;
      expect(await endTerm(lease.parts, duty())).toEqual({ again: ENDS_AT });
      lease.clock.time = ENDS_AT + 3 * SECOND;
      expect(await endTerm(lease.parts, duty())).toBe('done');
      expect(await endTerm(lease.parts, duty())).toBe('done');
      const facts = await lease.bench.factsOf(rentalStream, RENTAL);
      expect(facts.filter(({ type }) => type === 'RentalEnded')).toEqual([ended('term_elapsed', ENDS_AT)]);
    });
  });

  describe('that has ended', () => {
    const endedAt = STARTED_AT + 10 * MINUTE;
    const iso = (at: number) => new Date(at).toISOString();
    beforeEach(async () => {
      await lease.toRunning();
      lease.clock.time = endedAt;
      await lease.tell(ended('buyer_stopped', endedAt));
      lease.clock.time = endedAt + 5 * SECOND;
    });

    const times: readonly (readonly [string, number, number])[] = [
      ['when the agent says so', endedAt + SECOND, endedAt + SECOND],
      ['not before the end, where its clock is behind', endedAt - MINUTE, endedAt],
      ['not later than now, where its clock is ahead', endedAt + MINUTE, endedAt + 5 * SECOND],
    ];
    it.each(times)('has its access revoked %s', async (_, since, at) => {
      await revoke(lease.parts, duty({ attempt: 1, since: iso(since) }));
      expect(await lease.last()).toEqual(revoked(at));
      await revoke(lease.parts, duty({ attempt: 1, since: iso(since) }));
      expect(await lease.bench.factsOf(rentalStream, RENTAL)).toHaveLength(6);
    });

    it('is not probed, started, failed or ended again', async () => {
      for (const act of [probeRunning, start, failAttempt, endTerm])
        expect(await act(lease.parts, duty())).toBe('done');
      await reportLost(lease.parts, duty({ attempt: 1 }));
      expect(lease.asked).toEqual([]);
      expect(await lease.last()).toEqual(ended('buyer_stopped', endedAt));
    });
  });
});
