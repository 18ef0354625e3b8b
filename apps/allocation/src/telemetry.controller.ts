/** Brings the bus' heartbeats to allocation. */

import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { StoredContext } from '@tokenos/runtime/bus/context';
import { heard } from './hear.js';
import type { Parts } from './parts.js';
import { PARTS } from './tokens.js';

@Controller()
export class TelemetryController {
  constructor(@Inject(PARTS) private readonly parts: Parts) {}

  @EventPattern(['telemetry.node.*.heartbeat'])
  async hear(@Payload() payload: unknown, @Ctx() context: StoredContext): Promise<void> {
    await heard(this.parts, payload, context);
  }
}
