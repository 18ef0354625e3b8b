/** Puts allocation together: facts and heartbeats wake duties, duties decide. */

import { Module } from '@nestjs/common';
import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import { DESIRED_BUCKET } from '@tokenos/contracts/subjects';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { BUS, CLOCK, DATABASE, DUTIES, DUTY_HANDLERS, HANDLE } from '@tokenos/runtime/service/tokens';
import type { Duty, DutyHandlers, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import type { Kysely } from 'kysely';
import { failAttempt, giveUp, start } from './duties/attempt.js';
import { publishDesired } from './duties/desired.js';
import { place } from './duties/place.js';
import { releaseClaims } from './duties/release.js';
import { endLost, endTerm, probeRunning, revoke } from './duties/run.js';
import { verifyNode } from './duties/verify.js';
import { Liveness } from './liveness.js';
import type { Parts } from './parts.js';
import { probeLease, readHostKey } from './probe/ssh-probe.js';
import type { DutyKind } from './reactions.js';
import { TelemetryController } from './telemetry.controller.js';
import type { AllocationTables } from './view/tables.js';

const duties: Readonly<Record<DutyKind, (parts: Parts, duty: Duty) => Promise<DutyOutcome>>> = {
  place,
  'give-up': giveUp,
  'attempt-deadline': failAttempt,
  release: releaseClaims,
  orphan: releaseClaims,
  desired: publishDesired,
  start,
  probe: probeRunning,
  term: endTerm,
  lost: endLost,
  revoke,
  verify: verifyNode,
};

async function dutyHandlers(
  bus: Bus,
  clock: Clock,
  db: Kysely<AllocationTables>,
  act: Handler,
  queue: DutyQueue,
  liveness: Liveness,
): Promise<DutyHandlers> {
  const desired = await bus.bucket<DesiredNode>(DESIRED_BUCKET);
  const publishStored: Parts['publishStored'] = (subject, value) => bus.publishStored(subject, value);
  const parts: Parts = {
    db,
    act,
    queue,
    clock,
    liveness,
    desired,
    probe: (target) => probeLease(target),
    readHostKey,
    publishStored,
  };
  return Object.fromEntries(Object.entries(duties).map(([kind, run]) => [kind, (duty: Duty) => run(parts, duty)]));
}

@Module({
  controllers: [TelemetryController],
  providers: [
    { provide: Liveness, useFactory: (clock: Clock) => new Liveness(clock), inject: [CLOCK] },
    {
      provide: DUTY_HANDLERS,
      useFactory: dutyHandlers,
      inject: [BUS, CLOCK, DATABASE, HANDLE, DUTIES, Liveness],
    },
  ],
})
export class AllocationModule {}
