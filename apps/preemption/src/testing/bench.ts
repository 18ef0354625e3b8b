/** Preemption's duties on a real Postgres, as one process of it; several benches on one database are several processes. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { Duty } from '@tokenos/runtime/views/duty';
import { STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import { movableClock, openWorkbench, type MovableClock } from '@tokenos/testing/service/workbench';
import { Machines } from '../machines.js';
import type { Parts } from '../parts.js';
import { preemptionService } from '../service.js';
import { sqlStores } from '../sql/stores.js';
import type { PreemptionTables } from '../sql/tables.js';
import { machineFacts, NODE } from './world.js';

export const duty = (key: string, payload: Duty['payload'] = null): Duty => ({
  ...{ kind: 'any', key, dueAt: 0, attempts: 0 },
  payload,
});

export type Bench = Awaited<ReturnType<typeof openBench>>;

export async function openBench(url: string, clock: MovableClock = movableClock(STARTED_AT)) {
  const { name, follows } = preemptionService;
  const workbench = await openWorkbench<PreemptionTables>(url, { name, follows, clock });
  const { db, act, queue } = workbench;
  const parts: Parts = { ...sqlStores(db), act, queue, clock, machines: new Machines(clock) };
  const heard = (...gpuUuids: string[]): void => parts.machines.heard(NODE, clock.now(), gpuUuids);
  return {
    ...{ clock, parts, heard },
    dueAt: workbench.dueAt,
    close: () => workbench.close(),
    tell: (rentalId: string, ...facts: readonly RentalFact[]) => workbench.tell(rentalStream, rentalId, ...facts),
    /** Enrolled, verified, priced, there, with every card healthy. */
    async machine(gpus: number): Promise<void> {
      await workbench.tell(nodeStream, NODE, ...machineFacts(gpus));
      heard(...Array.from({ length: gpus }, (_, n) => `GPU-${n}`));
    },
    /** Of a rental, what this service appended. */
    async said(rentalId: string): Promise<readonly RentalFact[]> {
      const OURS: readonly RentalFact['type'][] = [
        ...(['PreemptionNoticed', 'PreemptionDelivered', 'CheckpointRequested', 'RentalEnded'] as const),
      ];
      return (await workbench.factsOf(rentalStream, rentalId)).filter(({ type }) => OURS.includes(type));
    },
  };
}
