/** Hears that a payment may have been made, and looks for itself. */

import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { paymentHint } from '@tokenos/contracts/chain/payment-hint';
import { PAYMENT_HINT } from '@tokenos/contracts/subjects';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, DUTIES } from '@tokenos/runtime/service/tokens';
import type { DutyChange } from '@tokenos/runtime/views/duty';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';

@Controller()
export class HintController {
  constructor(
    @Inject(DUTIES) private readonly queue: DutyQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EventPattern([PAYMENT_HINT])
  async hear(@Payload() payload: unknown): Promise<void> {
    const { signatures } = paymentHint.parse(payload);
    const hintedAt = this.clock.now();
    const looks = signatures.map((key): DutyChange => ({
      do: 'schedule',
      kind: 'look',
      key,
      dueAt: hintedAt,
      payload: { hintedAt },
    }));
    await this.queue.enqueue(...looks);
  }
}
