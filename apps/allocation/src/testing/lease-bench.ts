/** One lease on one machine, its duties on a real Postgres. Doubles: the machine's SSH door, and the bucket. */

import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { Duty } from '@tokenos/runtime/views/duty';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolled, enrolment } from '@tokenos/testing/generators/sample-node';
import {
  placed,
  placement,
  received,
  RENTAL,
  requested,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { movableClock, openWorkbench } from '@tokenos/testing/service/workbench';
import { Liveness } from '../liveness.js';
import type { Parts } from '../parts.js';
import type { ProbeTarget } from '../probe/ssh-probe.js';
import { allocationService } from '../service.js';
import { sqlStores } from '../sql/stores.js';
import type { AllocationTables } from '../sql/tables.js';
import { BucketDouble } from './bucket-double.js';

export const NODE = uuid('c', 1);

export const duty = (payload: Duty['payload'] = null, key = RENTAL): Duty => ({
  ...{ kind: 'any', key, dueAt: 0, attempts: 0 },
  payload,
});

export type LeaseBench = Awaited<ReturnType<typeof openLeaseBench>>;

/** The machine is enrolled; `door.answer` is what its door says, null lets us in. */
export async function openLeaseBench(url: string) {
  const clock = movableClock(placement().placedAt);
  const { name, follows } = allocationService;
  const bench = await openWorkbench<AllocationTables>(url, { name, follows, clock });
  const { db, act, queue } = bench;
  const bucket = new BucketDouble();
  const door: { answer: string | null } = { answer: null };
  const asked: ProbeTarget[] = [];
  const published: { subject: string; result: ProbeResult }[] = [];
  const parts: Parts = {
    ...sqlStores(db),
    ...{ act, queue, clock, liveness: new Liveness(clock), desired: bucket },
    async probe(target) {
      asked.push(target);
      return door.answer;
    },
    readHostKey: async () => enrolment.hostKey,
    async publishStored(subject, result) {
      published.push({ subject, result: result as ProbeResult });
    },
  };
  await bench.tell(nodeStream, NODE, enrolled);

  const tell = (...facts: RentalFact[]) => bench.tell(rentalStream, RENTAL, ...facts);
  async function toPlaced(): Promise<void> {
    await tell(requested, received(), placed());
    await parts.probeKeys.ensure(RENTAL, 1);
  }
  return {
    ...{ clock, bench, parts, bucket, door, asked, published, tell, toPlaced },
    async toRunning() {
      await toPlaced();
      clock.time = STARTED_AT;
      await tell(started());
    },
    last: async () => (await bench.factsOf(rentalStream, RENTAL)).at(-1),
    heard: () => parts.liveness.heard(NODE, clock.now(), ['GPU-1']),
  };
}
