/** What a machine is told to run, and when it is offered at all. */

import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import { nodeStream } from '@tokenos/contracts/facts/streams';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolled, enrolment } from '@tokenos/testing/generators/sample-node';
import { ended, failed, placement, RENTAL, revoked } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Parts } from '../parts.js';
import { duty, type LeaseBench, NODE, openLeaseBench } from '../testing/lease-bench.js';
import { publishDesired } from './desired.js';
import { verifyNode } from './verify.js';

const postgres = withPostgres();

describe('a machine', () => {
  let lease: LeaseBench;
  beforeEach(async () => {
    lease = await openLeaseBench(await postgres.freshDatabase());
  });
  afterEach(() => lease.bench.close());

  describe('in whose document a lease', () => {
    const states = () =>
      lease.bucket.entries.get(NODE)?.value.leases.map(({ attempt, state }) => `${attempt} ${state}`);

    it('appears, ends and goes', async () => {
      await lease.toPlaced();
      await publishDesired(lease.parts, duty());
      expect(states()).toEqual(['1 run']);
      await lease.tell(ended('buyer_stopped', lease.clock.now()));
      await publishDesired(lease.parts, duty());
      expect(states()).toEqual(['1 ended']);
      expect((await lease.parts.probeKeys.publicKeys(duty().key)).size).toBe(1);
      await lease.tell(revoked(lease.clock.now()));
      await publishDesired(lease.parts, duty());
      expect(states()).toEqual([]);
      expect((await lease.parts.probeKeys.publicKeys(duty().key)).size).toBe(0);
    });

    it('is written only where it says something new', async () => {
      await lease.toPlaced();
      for (let n = 0; n < 3; n++) expect(await publishDesired(lease.parts, duty())).toBe('done');
      expect(lease.bucket.writes).toBe(1);
    });

    it('does not come back when an older look is written late', async () => {
      await lease.toPlaced();
      await publishDesired(lease.parts, duty());
      await lease.tell(ended('buyer_stopped', lease.clock.now()));
      // Between this reading of the document and its writing the lease is ended, gone, and taken out.
      lease.bucket.meanwhile(async () => {
        await publishDesired(lease.parts, duty());
        await lease.tell(revoked(lease.clock.now()));
        await publishDesired(lease.parts, duty());
      });
      await publishDesired(lease.parts, duty());
      expect(states()).toEqual([]);
    });

    it('stands beside what another writer put there meanwhile', async () => {
      await lease.toPlaced();
      const theirs = { rentalId: uuid('a', 2), attempt: 1, revision: 2, state: 'run' } as DesiredNode['leases'][number];
      lease.bucket.meanwhile(async () => {
        await lease.bucket.update(NODE, { nodeId: NODE, leases: [theirs] }, 0);
      });
      await publishDesired(lease.parts, duty());
      expect(lease.bucket.entries.get(NODE)?.value.leases.map(({ rentalId }) => rentalId)).toEqual([
        uuid('a', 2),
        RENTAL,
      ]);
    });

    it('ends on the machine of a failed attempt, and is looked at again when that one is over by itself', async () => {
      await lease.toPlaced();
      await publishDesired(lease.parts, duty());
      await lease.tell(failed());
      const over = placement().placedAt + 61 * MINUTE;
      expect(await publishDesired(lease.parts, duty())).toEqual({ again: over });
      expect(states()).toEqual(['1 ended']);
      lease.clock.time = over;
      expect(await publishDesired(lease.parts, duty())).toBe('done');
      expect(states()).toEqual([]);
    });
  });

  describe('that is new', () => {
    const nodeFact = async () => (await lease.bench.factsOf(nodeStream, NODE)).at(-1);
    const verify = (missing: string[], readHostKey: Parts['readHostKey']) =>
      verifyNode({ ...lease.parts, readHostKey }, duty({ missing }, NODE));

    it('is offered once its own host key answered and its cards are there', async () => {
      expect(await verify([], async () => enrolment.hostKey)).toBe('done');
      expect(await nodeFact()).toEqual({ type: 'NodeVerified', data: { hostKey: enrolment.hostKey } });
      expect(await verify([], async () => 'ssh-ed25519 other')).toBe('done');
      expect(await lease.bench.factsOf(nodeStream, NODE)).toHaveLength(2);
    });

    it('is refused where another host key answers, or a card is not there', async () => {
      await verify([], async () => 'ssh-ed25519 other');
      expect(await nodeFact()).toEqual({ type: 'NodeRejected', data: { why: 'another host key answered' } });
      await lease.bench.tell(nodeStream, uuid('c', 2), {
        type: 'NodeEnrolled',
        data: { ...enrolment, nodeId: uuid('c', 2) },
      });
      await verifyNode(lease.parts, duty({ missing: ['GPU-2'] }, uuid('c', 2)));
      const refused = (await lease.bench.factsOf(nodeStream, uuid('c', 2))).at(-1);
      expect(refused).toEqual({ type: 'NodeRejected', data: { why: 'GPUs not there: GPU-2' } });
    });

    it('waits while nothing answers', async () => {
      expect(await verify([], () => Promise.reject(new Error('timeout')))).toEqual({
        again: lease.clock.now() + 10 * SECOND,
      });
      expect(await nodeFact()).toEqual(enrolled);
    });

    describe('and says it has a GPU that another machine has', () => {
      const CLAIMANT = uuid('c', 2);
      const claim = async (gpu: string, nodeId = CLAIMANT) => {
        const data = { ...enrolment, nodeId, gpus: [{ uuid: gpu, model: 'NVIDIA H100' }] };
        await lease.bench.tell(nodeStream, nodeId, { type: 'NodeEnrolled', data });
      };
      const judge = (nodeId = CLAIMANT) => verifyNode(lease.parts, duty({ missing: [] }, nodeId));
      const said = async (nodeId = CLAIMANT) => (await lease.bench.factsOf(nodeStream, nodeId)).at(-1);
      const verified = { type: 'NodeVerified', data: { hostKey: enrolment.hostKey } };
      const refused = { type: 'NodeRejected', data: { why: `GPU GPU-1 belongs to node ${NODE}` } };

      it('is refused while that one is verified', async () => {
        await verify([], async () => enrolment.hostKey);
        await claim('GPU-1');
        expect(await judge()).toBe('done');
        expect(await said()).toEqual(refused);
        await claim('GPU-3', uuid('c', 3));
        await judge(uuid('c', 3));
        expect(await said(uuid('c', 3))).toEqual(verified);
      });

      it('blocks nothing while neither is verified: the first to show its door has it', async () => {
        await claim('GPU-1');
        await verify([], async () => enrolment.hostKey);
        expect(await nodeFact()).toEqual(verified);
        await judge();
        expect(await said()).toEqual(refused);
      });

      it('is refused, one of the two, where both are verified at once', async () => {
        await claim('GPU-1');
        const outcomes = await Promise.all([verify([], async () => enrolment.hostKey), judge()]);
        const again = [NODE, CLAIMANT].filter((_, n) => outcomes[n] !== 'done');
        for (const nodeId of again) expect(await judge(nodeId)).toBe('done');
        const types = [(await nodeFact())?.type, (await said())?.type];
        expect(types.sort()).toEqual(['NodeRejected', 'NodeVerified']);
      });

      it('is offered once that one has retired and its last lease of the GPU is over', async () => {
        await verify([], async () => enrolment.hostKey);
        await lease.bench.tell(nodeStream, NODE, { type: 'NodeRetired', data: {} });
        const held = { node_id: NODE, gpu_uuid: 'GPU-1', rental_id: RENTAL, attempt: 1, lease_epoch: 1 };
        await lease.bench.db.insertInto('gpu_claims').values(held).execute();
        await claim('GPU-1');
        expect(await judge()).toEqual({ again: lease.clock.now() + 10 * SECOND });
        await lease.bench.db.updateTable('gpu_claims').set({ rental_id: null }).execute();
        expect(await judge()).toBe('done');
        expect(await said()).toEqual(verified);
      });
    });
  });
});
