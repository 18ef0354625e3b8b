/** What the lock on GPUs promises: one holder at a time, rising epochs, and all of a choice or none of it. */

import { placement, RENTAL, requested } from '@tokenos/testing/generators/sample-facts';
import { uuid } from '@tokenos/testing/generators/names';
import type { Claims } from '../ports/gpu-lock.js';
import { enrolledAs, type StoresBench } from './stores-contract.js';

const [NODE, NAMESAKE] = [uuid('c', 1), uuid('c', 2)];
const OTHER_RENTAL = uuid('a', 2);

export function gpuLockContract({ stores, node, rental }: StoresBench): void {
  describe('the lock on GPUs', () => {
    const lock = () => stores().gpuLock;
    const claim = (rentalId: string, gpus: readonly string[], nodeId = NODE, attempt = 1) =>
      lock().placing((claims) => claims.claim(rentalId, { nodeId, attempt }, gpus));
    const holding = (gpuUuid: string) => ({ nodeId: NODE, gpuUuid, rentalId: RENTAL, attempt: 1, tier: null });
    const held = () => lock().placing((claims) => claims.held());

    it('gives what was asked, in that order, and says who holds what, and in which tier', async () => {
      await rental(RENTAL, requested);
      expect(await claim(RENTAL, ['GPU-2', 'GPU-1'])).toEqual([
        { uuid: 'GPU-2', leaseEpoch: 1 },
        { uuid: 'GPU-1', leaseEpoch: 1 },
      ]);
      expect(await held()).toEqual(['GPU-1', 'GPU-2'].map((uuid) => ({ ...holding(uuid), tier: 'ON_DEMAND' })));
      expect(await lock().attemptsHolding(RENTAL)).toEqual([1]);
      expect(await lock().attemptsHolding(OTHER_RENTAL)).toEqual([]);
    });

    it('gives no GPU that is held, and none of those asked beside it', async () => {
      await claim(RENTAL, ['GPU-1']);
      await expect(claim(OTHER_RENTAL, ['GPU-2', 'GPU-1'])).rejects.toThrow('held by another rental');
      expect(await held()).toEqual([holding('GPU-1')]);
    });

    it('keeps a machine from locking what another one calls by the same name', async () => {
      await claim(RENTAL, ['GPU-1']);
      // Were it the same card moved, its leases must still have an order.
      expect(await claim(OTHER_RENTAL, ['GPU-1'], NAMESAKE)).toEqual([{ uuid: 'GPU-1', leaseEpoch: 2 }]);
      expect(await held()).toHaveLength(2);
    });

    it('raises the epoch of a GPU with each lease of it', async () => {
      for (const leaseEpoch of [1, 2, 3]) {
        expect(await claim(RENTAL, ['GPU-1'])).toEqual([{ uuid: 'GPU-1', leaseEpoch }]);
        await lock().release(RENTAL, 1);
      }
      expect(await claim(RENTAL, ['GPU-2', 'GPU-1'])).toMatchObject([{ leaseEpoch: 1 }, { leaseEpoch: 4 }]);
    });

    it('lets go of one attempt of one rental, as often as asked', async () => {
      await claim(RENTAL, ['GPU-1']);
      await claim(RENTAL, ['GPU-2'], NODE, 2);
      await claim(OTHER_RENTAL, ['GPU-3']);
      for (const attempt of [1, 1]) await lock().release(RENTAL, attempt);
      expect((await held()).map(({ gpuUuid }) => gpuUuid)).toEqual(['GPU-2', 'GPU-3']);
      expect(await lock().attemptsHolding(RENTAL)).toEqual([2]);
    });

    it('keeps a draft as it was chosen, until its attempt is let go', async () => {
      const draft = () => lock().placing((claims) => claims.draft(RENTAL, 1));
      expect(await draft()).toBeNull();
      await lock().placing((claims) => claims.saveDraft(RENTAL, placement()));
      expect(await draft()).toEqual(placement());
      expect(await lock().placing((claims) => claims.draft(RENTAL, 2))).toBeNull();
      await lock().release(RENTAL, 1);
      expect(await draft()).toBeNull();
    });

    it('keeps nothing of a choice that broke off', async () => {
      const broken = lock().placing(async (claims) => {
        await claims.claim(RENTAL, { nodeId: NODE, attempt: 1 }, ['GPU-1']);
        await claims.saveDraft(RENTAL, placement());
        throw new Error('killed');
      });
      await expect(broken).rejects.toThrow('killed');
      expect(await held()).toEqual([]);
      expect(await lock().placing((claims) => claims.draft(RENTAL, 1))).toBeNull();
      expect(await claim(RENTAL, ['GPU-1'])).toEqual([{ uuid: 'GPU-1', leaseEpoch: 1 }]);
    });

    it('lets one choose at a time: the second sees what the first took', async () => {
      const takeIdle = (rentalId: string) =>
        lock().placing(async (claims: Claims) => {
          const busy = (await claims.held()).map(({ gpuUuid }) => gpuUuid);
          const idle = ['GPU-1', 'GPU-2', 'GPU-3'].find((gpu) => !busy.includes(gpu));
          if (idle !== undefined) await claims.claim(rentalId, { nodeId: NODE, attempt: 1 }, [idle]);
          return idle ?? null;
        });
      const taken = await Promise.all([1, 2, 3, 4].map((n) => takeIdle(uuid('a', n))));
      expect(taken.map(String).sort()).toEqual(['GPU-1', 'GPU-2', 'GPU-3', 'null']);
    });

    it('lets one verify at a time: who comes second is told so at once, and gets its turn later', async () => {
      await node(NODE, enrolledAs(NODE));
      const seen = await lock().verifying(async ({ fleet, held: heldNow }) => {
        expect(await lock().verifying(async () => 'second')).toBeNull();
        return [(await fleet.nodes()).length, (await heldNow()).length];
      });
      expect(seen).toEqual([1, 0]);
      await expect(lock().verifying(() => Promise.reject(new Error('killed')))).rejects.toThrow('killed');
      expect(await lock().verifying(async () => 'later')).toBe('later');
    });
  });
}
