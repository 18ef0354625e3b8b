/** Puts metering together: telemetry in, minutes, ticks and uptime out. */

import { Module } from '@nestjs/common';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Clock } from '@tokenos/runtime/clock';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import type { Handler } from '@tokenos/runtime/handle';
import { BUS, CLOCK, DATABASE, DUTY_HANDLERS, HANDLE, STORE } from '@tokenos/runtime/service/tokens';
import type { DutyHandlers } from '@tokenos/runtime/views/duty';
import type { Kysely } from 'kysely';
import { meteringDuties } from './duties/duties.js';
import { EvidenceDoor } from './evidence/door.js';
import type { Parts } from './parts.js';
import { postgresRepositories } from './repositories/postgres.js';
import { TelemetryController } from './telemetry.controller.js';
import { telemetryCaughtUp } from './telemetry-lag.js';
import { ATTENDANCE, PARTS } from './tokens.js';
import type { AttendanceBook } from './uptime/attendance.js';
import { postgresAttendance } from './uptime/postgres.js';
import { uptimeDuties } from './uptime/record.js';
import type { MeteringTables } from './view/tables.js';

function openParts(bus: Bus, clock: Clock, db: Kysely<MeteringTables>, act: Handler): Parts {
  const publish = (subject: string, value: unknown): void => bus.publish(subject, value);
  return { ...postgresRepositories(db), act, clock, publish, caughtUp: () => telemetryCaughtUp(bus) };
}

function dutyHandlers(parts: Parts, attendance: AttendanceBook, store: EventStore): DutyHandlers {
  const read = (stream: string) => store.read(stream);
  return { ...meteringDuties(parts), ...uptimeDuties({ ...parts, attendance, read }) };
}

@Module({
  controllers: [TelemetryController],
  providers: [
    EvidenceDoor,
    { provide: PARTS, useFactory: openParts, inject: [BUS, CLOCK, DATABASE, HANDLE] },
    { provide: ATTENDANCE, useFactory: postgresAttendance, inject: [DATABASE] },
    { provide: DUTY_HANDLERS, useFactory: dutyHandlers, inject: [PARTS, ATTENDANCE, STORE] },
  ],
})
export class MeteringModule {}
