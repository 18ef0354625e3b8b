/** Hands metering what machines and probes say. */

import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { StoredContext } from '@tokenos/runtime/bus/context';
import { type Ear, telemetryEar } from './hear-telemetry.js';
import type { Parts } from './parts.js';
import { TELEMETRY } from './telemetry-lag.js';
import { ATTENDANCE, PARTS } from './tokens.js';
import type { AttendanceBook } from './uptime/attendance.js';
import { attendanceEar } from './uptime/hear.js';

@Controller()
export class TelemetryController {
  private readonly ear: Ear;
  private readonly attendance: Ear;

  constructor(@Inject(PARTS) parts: Parts, @Inject(ATTENDANCE) attendance: AttendanceBook) {
    this.ear = telemetryEar(parts);
    this.attendance = attendanceEar({ ...parts, attendance });
  }

  @EventPattern([TELEMETRY])
  async hear(@Payload() payload: unknown, @Ctx() context: StoredContext): Promise<void> {
    await Promise.all([this.ear(payload, context), this.attendance(payload, context)]);
  }
}
