/** Hears that a payment may have been made, and looks for itself. */

import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { paymentHint } from '@tokenos/contracts/chain/payment-hint';
import { PAYMENT_HINT } from '@tokenos/contracts/subjects';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, DUTIES } from '@tokenos/runtime/service/tokens';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import { looksDue } from './duties.js';

@Controller()
export class HintController {
  constructor(
    @Inject(DUTIES) private readonly queue: DutyQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EventPattern([PAYMENT_HINT])
  async hear(@Payload() payload: unknown): Promise<void> {
    await this.queue.enqueue(...looksDue(paymentHint.parse(payload).signatures, this.clock.now()));
  }
}
