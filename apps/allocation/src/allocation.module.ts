/** Puts allocation together: facts and heartbeats wake duties, duties decide. */

import { Module } from '@nestjs/common';
import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import { DESIRED_BUCKET } from '@tokenos/contracts/subjects';
import { encodeNodeKey } from '@tokenos/contracts/agent/signature';
import { systemRandom } from '@tokenos/runtime/bus/backoff';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import type { Ids } from '@tokenos/runtime/ids';
import type { Log } from '@tokenos/runtime/service/signals';
import { BUS, CLOCK, CONFIG, DATABASE, DUTIES, DUTY_HANDLERS, HANDLE, IDS, LOG } from '@tokenos/runtime/service/tokens';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import type { Kysely } from 'kysely';
import { createPublicKey } from 'node:crypto';
import { Cage, canaryKeyOf } from './canary/cage.js';
import { Canary } from './canary/canary.js';
import type { AllocationConfig } from './config.js';
import { allocationDuties } from './duties/duties.js';
import { Liveness } from './liveness.js';
import type { Parts } from './parts.js';
import { probePatiently } from './probe/patient-probe.js';
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
  const canaryKey = canaryKeyOf(config);
  return {
    ...sqlStores(db),
    ...{ act, queue, clock, readHostKey },
    liveness: new Liveness(clock, canaryKey === null ? null : encodeNodeKey(createPublicKey(canaryKey))),
    desired: await bus.bucket<DesiredNode>(DESIRED_BUCKET),
    probe: (target, onTry) =>
      probePatiently(() => {
        onTry();
        return probeLease(target);
      }),
    publishStored: (subject, value) => bus.publishStored(subject, value),
    publish: (subject, value) => bus.publish(subject, value),
    spotReserve: config.ALLOCATION_SPOT_RESERVE,
  };
}

function cage(config: AllocationConfig, clock: Clock, ids: Ids, log: Log): Cage {
  const key = canaryKeyOf(config);
  const gateway = config.ALLOCATION_CANARY_GATEWAY;
  return new Cage(
    key !== null && gateway !== undefined ? new Canary({ gateway, key, clock, ids, log, random: systemRandom }) : null,
    log,
  );
}

@Module({
  controllers: [TelemetryController],
  providers: [
    { provide: PARTS, useFactory: allocationParts, inject: [BUS, CLOCK, DATABASE, HANDLE, DUTIES, CONFIG] },
    { provide: Cage, useFactory: cage, inject: [CONFIG, CLOCK, IDS, LOG] },
    { provide: DUTY_HANDLERS, useFactory: allocationDuties, inject: [PARTS] },
  ],
})
export class AllocationModule {}
