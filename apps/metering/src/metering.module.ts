/** Puts metering together: telemetry in, minutes and ticks out. */

import { Module } from '@nestjs/common';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { BUS, CLOCK, DATABASE, DUTY_HANDLERS, HANDLE } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import { meteringDuties } from './duties/duties.js';
import type { Parts } from './parts.js';
import { postgresRepositories } from './repositories/postgres.js';
import { TelemetryController } from './telemetry.controller.js';
import { telemetryCaughtUp } from './telemetry-lag.js';
import { PARTS } from './tokens.js';
import type { MeteringTables } from './view/tables.js';

function openParts(bus: Bus, clock: Clock, db: Kysely<MeteringTables>, act: Handler): Parts {
  const publish = (subject: string, value: unknown): void => bus.publish(subject, value);
  return { ...postgresRepositories(db), act, clock, publish, caughtUp: () => telemetryCaughtUp(bus) };
}

@Module({
  controllers: [TelemetryController],
  providers: [
    { provide: PARTS, useFactory: openParts, inject: [BUS, CLOCK, DATABASE, HANDLE] },
    { provide: DUTY_HANDLERS, useFactory: meteringDuties, inject: [PARTS] },
  ],
})
export class MeteringModule {}
