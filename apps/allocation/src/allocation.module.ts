/** Puts allocation together: facts and heartbeats wake duties, duties decide. */

import { Module } from '@nestjs/common';
import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import { DESIRED_BUCKET } from '@tokenos/contracts/subjects';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { BUS, CLOCK, CONFIG, DATABASE, DUTIES, DUTY_HANDLERS, HANDLE } from '@tokenos/runtime/service/tokens';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import type { Kysely } from 'kysely';
import type { AllocationConfig } from './config.js';
import { allocationDuties } from './duties/duties.js';
import { Liveness } from './liveness.js';
import type { Parts } from './parts.js';
import { probeLease, readHostKey } from './probe/ssh-probe.js';
import { sqlStores } from './sql/stores.js';
import type { AllocationTables } from './sql/tables.js';
import { TelemetryController } from './telemetry.controller.js';
import { PARTS } from './tokens.js';

async function allocationParts(
  bus: Bus,
  clock: Clock,
  db: Kysely<AllocationTables>,
  act: Handler,
  queue: DutyQueue,
  config: AllocationConfig,
): Promise<Parts> {
  return {
    ...sqlStores(db),
    ...{ act, queue, clock, readHostKey },
    liveness: new Liveness(clock),
    desired: await bus.bucket<DesiredNode>(DESIRED_BUCKET),
    probe: (target) => probeLease(target),
    publishStored: (subject, value) => bus.publishStored(subject, value),
    publish: (subject, value) => bus.publish(subject, value),
    spotReserve: config.ALLOCATION_SPOT_RESERVE,
  };
}

@Module({
  controllers: [TelemetryController],
  providers: [
    { provide: PARTS, useFactory: allocationParts, inject: [BUS, CLOCK, DATABASE, HANDLE, DUTIES, CONFIG] },
    { provide: DUTY_HANDLERS, useFactory: allocationDuties, inject: [PARTS] },
  ],
})
export class AllocationModule {}
