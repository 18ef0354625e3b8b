/** Puts metering together: telemetry in, minutes and ticks out. */

import { Module } from '@nestjs/common';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { BUS, CLOCK, DATABASE, DUTY_HANDLERS, HANDLE } from '@tokenos/runtime/service/tokens';
import type { DutyHandlers } from '@tokenos/runtime/views/duty';
import type { Kysely } from 'kysely';
import { meter } from './duties/meter.js';
import { tick } from './duties/tick.js';
import type { Parts } from './parts.js';
import { TelemetryController } from './telemetry.controller.js';
import { telemetryCaughtUp } from './telemetry-lag.js';
import type { MeteringTables } from './view/tables.js';

function dutyHandlers(bus: Bus, clock: Clock, db: Kysely<MeteringTables>, act: Handler): DutyHandlers {
  const publish = (subject: string, value: unknown): void => bus.publish(subject, value);
  const parts: Parts = { db, act, clock, publish, caughtUp: () => telemetryCaughtUp(bus) };
  return { meter: (duty) => meter(parts, duty), tick: (duty) => tick(parts, duty) };
}

@Module({
  controllers: [TelemetryController],
  providers: [{ provide: DUTY_HANDLERS, useFactory: dutyHandlers, inject: [BUS, CLOCK, DATABASE, HANDLE] }],
})
export class MeteringModule {}
