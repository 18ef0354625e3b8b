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
  RATE,
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
  const said: string[] = [];
  const published: { subject: string; result: ProbeResult }[] = [];
  const parts: Parts = {
    ...sqlStores(db),
    ...{ spotReserve: 0, publish: (subject: string) => void said.push(subject) },
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
    ...{ clock, bench, parts, bucket, door, asked, published, said, tell, toPlaced },
    async toRunning() {
      await toPlaced();
      clock.time = STARTED_AT;
      await tell(started());
    },
    last: async () => (await bench.factsOf(rentalStream, RENTAL)).at(-1),
    heard: () => parts.liveness.heard(NODE, clock.now(), ['GPU-1']),
    /** Another machine, offered and idle. */
    async spare(n: number): Promise<string> {
      const nodeId = uuid('c', n);
      const gpus = [{ uuid: `GPU-${n}`, model: 'NVIDIA H100' }];
      await bench.tell(
        nodeStream,
        nodeId,
        { type: 'NodeEnrolled', data: { ...enrolment, nodeId, gpus } },
        { type: 'NodeVerified', data: { hostKey: enrolment.hostKey } },
        { type: 'NodePriced', data: { rateMicroUsdcPerHour: RATE } },
      );
      parts.liveness.heard(nodeId, clock.now(), [`GPU-${n}`]);
      return nodeId;
    },
  };
}
