/** GPUs that one rental was told to give up are for the one it yields to: nobody else gets them, and nobody gives up too soon. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact, RentalPlaced } from '@tokenos/domain/rental/facts';
import { SECOND } from '@tokenos/domain/time';
import { BENEFICIARY, DEADLINE_AT, delivered, noticed, NOTICED_AT } from '@tokenos/testing/generators/sample-course';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { ended, payment, RATE, RENTAL, requestedWith, revoked } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { duty, type LeaseBench, NODE, openLeaseBench } from '../testing/lease-bench.js';
import { giveUp } from './give-up.js';
import { place } from './place.js';
import { releaseClaims } from './release.js';

const postgres = withPostgres();
const OTHER = uuid('a', 7);

describe('GPUs held for a rental', () => {
  let lease: LeaseBench;
  const paid = (rentalId: string, n: number) => {
    const request = requestedWith({});
    const asked = { ...request, data: { ...request.data, rentalId } } as RentalFact;
    const data = payment(n, { blockTime: NOTICED_AT - SECOND });
    return lease.bench.tell(rentalStream, rentalId, asked, { type: 'PaymentReceived', data });
  };
  const placedOn = async (rentalId: string): Promise<readonly RentalPlaced[]> =>
    (await lease.bench.factsOf(rentalStream, rentalId)).flatMap((fact) =>
      fact.type === 'RentalPlaced' ? [fact.data] : [],
    );
  const yields = async () => {
    lease.clock.time = DEADLINE_AT + SECOND;
    await lease.tell(ended('preempted', DEADLINE_AT), revoked(DEADLINE_AT + SECOND));
    lease.parts.liveness.heard(NODE, lease.clock.now(), ['GPU-1']);
    await releaseClaims(lease.parts, duty());
  };

  beforeEach(async () => {
    lease = await openLeaseBench(await postgres.freshDatabase());
    await lease.toRunning();
    await lease.bench.tell(
      nodeStream,
      NODE,
      { type: 'NodeVerified', data: { hostKey: enrolment.hostKey } },
      { type: 'NodePriced', data: { rateMicroUsdcPerHour: RATE } },
    );
    await lease.parts.gpuLock.placing((claims) => claims.claim(RENTAL, { nodeId: NODE, attempt: 1 }, ['GPU-1']));
    lease.clock.time = NOTICED_AT;
    await paid(BENEFICIARY, 11);
    await paid(OTHER, 12);
    await lease.tell(noticed);
  });
  afterEach(() => lease.bench.close());

  it('go to nobody else once they are free, and wake the one who waits for them', async () => {
    await lease.tell(delivered());
    await yields();
    expect(await lease.bench.dueAt('place', BENEFICIARY)).toBe(lease.clock.now());
    await place(lease.parts, duty(null, OTHER));
    expect(await placedOn(OTHER)).toEqual([]);
    await place(lease.parts, duty(null, BENEFICIARY));
    expect(await placedOn(BENEFICIARY)).toMatchObject([{ nodeId: NODE, gpus: [{ uuid: 'GPU-1', leaseEpoch: 2 }] }]);
  });

  it('are for everybody again once the one who waited has ended', async () => {
    await lease.tell(delivered());
    await yields();
    await lease.bench.tell(rentalStream, BENEFICIARY, ended('buyer_stopped', lease.clock.now()));
    await place(lease.parts, duty(null, OTHER));
    expect(await placedOn(OTHER)).toMatchObject([{ nodeId: NODE, gpus: [{ uuid: 'GPU-1' }] }]);
  });

  it('are waited for until 30 s after the deadline, and by nobody else', async () => {
    await lease.tell(delivered());
    expect(await giveUp(lease.parts, duty(null, BENEFICIARY))).toEqual({ again: DEADLINE_AT + 30 * SECOND });
    expect(await giveUp(lease.parts, duty(null, OTHER))).toEqual({ again: NOTICED_AT + 59 * SECOND });
    lease.clock.time = DEADLINE_AT + 30 * SECOND;
    expect(await giveUp(lease.parts, duty(null, BENEFICIARY))).toBe('done');
    expect((await lease.bench.factsOf(rentalStream, BENEFICIARY)).at(-1)).toMatchObject({
      data: { reason: 'capacity_unavailable', fault: 'platform' },
    });
  });

  it('are waited for as if the notice had been delivered at once, while it is not', async () => {
    expect(await giveUp(lease.parts, duty(null, BENEFICIARY))).toEqual({ again: NOTICED_AT + 120 * SECOND });
  });
});
