/** What is held for whom: from the notice until the one who waits for it has a machine, or waits no longer. */

import type { RentalFact } from '@tokenos/domain/rental/facts';
import {
  BENEFICIARY,
  DEADLINE_AT,
  delivered,
  interrupted,
  noticed,
  NOTICED_AT,
} from '@tokenos/testing/generators/sample-course';
import {
  ended,
  failed,
  placed,
  RENTAL,
  requested,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { uuid } from '@tokenos/testing/generators/names';
import type { StoresBench } from './stores-contract.js';

export function holdsContract({ stores, rental }: StoresBench): void {
  describe('what is held', () => {
    const holds = () => stores().fleet.holds();
    const told = [requested, placed(), started(), noticed];
    const held = {
      ...{ victimId: RENTAL, beneficiaryId: BENEFICIARY, nodeId: uuid('c', 1), gpuUuids: ['GPU-1'] },
      ...{ noticedAt: NOTICED_AT, deadlineAt: null },
    };

    it('is named by the notice, on the machine of who has to yield, with the deadline once that one was told', async () => {
      await rental(RENTAL, ...told);
      expect(await holds()).toEqual([held]);
      await rental(RENTAL, delivered());
      expect(await holds()).toEqual([{ ...held, deadlineAt: DEADLINE_AT }]);
    });

    it('outlives the one who yields', async () => {
      await rental(RENTAL, ...told, ended('preempted', STARTED_AT));
      expect(await holds()).toEqual([held]);
    });

    const served: readonly (readonly [string, readonly RentalFact[], boolean])[] = [
      ['waits', [requested], true],
      ['has a machine', [requested, placed()], false],
      ['waits again after a failed attempt', [requested, placed(), failed()], true],
      ['waits again for another machine', [requested, placed(), started(), interrupted()], true],
      ['has ended', [requested, ended('buyer_stopped', STARTED_AT)], false],
    ];
    it.each(served)('for a rental that %s: %#', async (_, facts, isHeld) => {
      await rental(RENTAL, ...told);
      await rental(BENEFICIARY, ...facts);
      expect(await holds()).toEqual(isHeld ? [held] : []);
    });

    it.each(served)('whichever of the two streams is folded first, for one that %s: %#', async (_, facts, isHeld) => {
      await rental(BENEFICIARY, ...facts);
      await rental(RENTAL, ...told);
      expect(await holds()).toEqual(isHeld ? [held] : []);
    });

    it('is of the latest notice: an earlier machine is gone', async () => {
      await rental(RENTAL, ...told, interrupted(), placed(2), {
        type: 'RentalResumed',
        data: { attempt: 2, resumedAt: STARTED_AT },
      });
      await rental(RENTAL, noticed);
      expect(await holds()).toEqual([{ ...held, nodeId: uuid('c', 2) }]);
    });
  });
}
