/** What the store of probe keys promises: one pair per attempt, the same until it is forgotten. */

import { RENTAL } from '@tokenos/testing/generators/sample-facts';
import { uuid } from '@tokenos/testing/generators/names';
import type { StoresBench } from './stores-contract.js';

export function probeKeysContract({ stores }: StoresBench): void {
  describe('the probe keys', () => {
    const keys = () => stores().probeKeys;

    it('are made once for each attempt', async () => {
      await keys().ensure(RENTAL, 1);
      const before = [await keys().publicKeys(RENTAL), await keys().privateKey(RENTAL, 1)];
      await keys().ensure(RENTAL, 1);
      expect([await keys().publicKeys(RENTAL), await keys().privateKey(RENTAL, 1)]).toEqual(before);
      await keys().ensure(RENTAL, 2);
      const all = await keys().publicKeys(RENTAL);
      expect([...all.keys()].sort()).toEqual([1, 2]);
      expect(new Set(all.values()).size).toBe(2);
    });

    it('are of one rental, and gone when they are forgotten', async () => {
      const other = uuid('a', 2);
      for (const rentalId of [RENTAL, other]) await keys().ensure(rentalId, 1);
      await keys().forget(RENTAL);
      expect((await keys().publicKeys(RENTAL)).size).toBe(0);
      await expect(keys().privateKey(RENTAL, 1)).rejects.toThrow();
      expect((await keys().publicKeys(other)).size).toBe(1);
      expect(await keys().privateKey(other, 1)).not.toBe('');
    });
  });
}
