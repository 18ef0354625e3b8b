/** What the book of plans promises: whole plans, one at a time, and nobody asked twice. */

import { notice } from '@tokenos/testing/generators/sample-course';
import { ended, failed, placed, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import type { Plan } from '../ports/plan-book.js';
import type { StoresBench } from './stores-contract.js';
import { NODE, paidFacts, PAYING, spotId } from './world.js';

const planFor = (beneficiaryId: string, victims: readonly string[], attempt = 1): Plan => ({
  ...{ beneficiaryId, attempt, nodeId: NODE, plannedAt: STARTED_AT },
  gpuUuids: ['GPU-idle', ...victims.map((id) => `GPU-of-${id}`)],
  victims: victims.map((rentalId) => ({ rentalId, notice: { ...notice, gpuUuids: [`GPU-of-${rentalId}`] } })),
});

export function planBookContract({ stores, rental }: StoresBench): void {
  describe('the book of plans', () => {
    const [first, second] = [spotId(1), spotId(2)];
    const book = () => stores().planBook;
    const record = (plan: Plan) => book().planning((desk) => desk.record(plan));
    const spokenFor = () =>
      book().planning(async (desk) => (await desk.spokenFor()).map(({ nodeId, gpuUuid }) => `${nodeId} ${gpuUuid}`));

    it('gives back a plan as it was recorded, victims in their order, and each attempt its own', async () => {
      const plan = planFor(PAYING, [second, first]);
      await record(plan);
      expect(await book().planning((desk) => desk.plan(PAYING, 1))).toEqual(plan);
      expect(await book().planning((desk) => desk.plan(PAYING, 2))).toBeNull();
      expect(await book().planning((desk) => desk.victims())).toEqual(new Set([first, second]));
    });

    it('takes nobody who was asked before, and then nothing of that plan', async () => {
      await record(planFor(PAYING, [first]));
      const other = spotId(98);
      await expect(record(planFor(other, [second, first]))).rejects.toThrow();
      expect(await book().planning((desk) => desk.plan(other, 1))).toBeNull();
      expect(await book().planning((desk) => desk.victims())).toEqual(new Set([first]));
    });

    it('keeps nothing of a work that throws', async () => {
      const work = book().planning(async (desk) => {
        await desk.record(planFor(PAYING, [first]));
        throw new Error('cut off');
      });
      await expect(work).rejects.toThrow('cut off');
      expect(await book().planning((desk) => desk.plan(PAYING, 1))).toBeNull();
    });

    it('lets one plan at a time: the next sees what the one before recorded', async () => {
      const seen = await Promise.all(
        [1, 2, 3].map((n) =>
          book().planning(async (desk) => {
            const known = await desk.plan(PAYING, 1);
            if (known === null) await desk.record(planFor(PAYING, [spotId(n)]));
            return known === null;
          }),
        ),
      );
      expect(seen.filter((isFirst) => isFirst)).toHaveLength(1);
    });

    it('speaks for the GPUs of a plan until its attempt is made', async () => {
      await rental(PAYING, ...paidFacts(PAYING));
      await record(planFor(PAYING, [first]));
      expect(await spokenFor()).toEqual([`${NODE} GPU-idle`, `${NODE} GPU-of-${first}`]);
      await rental(PAYING, placed());
      expect(await spokenFor()).toEqual([]);
    });

    it('speaks for those of a later attempt, once the earlier one failed', async () => {
      await rental(PAYING, ...paidFacts(PAYING), placed(), failed());
      await record(planFor(PAYING, [first], 2));
      expect(await spokenFor()).toHaveLength(2);
    });

    it('speaks for nothing once the beneficiary is gone', async () => {
      await rental(PAYING, ...paidFacts(PAYING));
      await record(planFor(PAYING, [first]));
      await rental(PAYING, ended('buyer_stopped', STARTED_AT));
      expect(await spokenFor()).toEqual([]);
    });
  });
}
