/** Hands metering what machines and probes say. */

import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { StoredContext } from '@tokenos/runtime/bus/context';
import { type Ear, telemetryEar } from './hear-telemetry.js';
import type { Parts } from './parts.js';
import { TELEMETRY } from './telemetry-lag.js';
import { PARTS } from './tokens.js';

@Controller()
export class TelemetryController {
  private readonly ear: Ear;

  constructor(@Inject(PARTS) parts: Parts) {
    this.ear = telemetryEar(parts);
  }

  @EventPattern([TELEMETRY])
  hear(@Payload() payload: unknown, @Ctx() context: StoredContext): Promise<void> {
    return this.ear(payload, context);
  }
}
