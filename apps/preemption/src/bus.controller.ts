/** Brings to preemption what the bus carries beside facts: heartbeats and shortages. */

import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { CoreContext, StoredContext } from '@tokenos/runtime/bus/context';
import { heardHeartbeat, heardShortage } from './hear.js';
import type { Parts } from './parts.js';
import { PARTS } from './tokens.js';

@Controller()
export class BusController {
  constructor(@Inject(PARTS) private readonly parts: Parts) {}

  @EventPattern(['telemetry.node.*.heartbeat'])
  async hearHeartbeat(@Payload() payload: unknown, @Ctx() context: StoredContext): Promise<void> {
    await heardHeartbeat(this.parts, payload, context);
  }

  @EventPattern(['shortage.*'])
  async hearShortage(@Ctx() context: CoreContext): Promise<void> {
    await heardShortage(this.parts, context);
  }
}
