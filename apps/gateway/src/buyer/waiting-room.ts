/** Holds a buyer's question until the answer is worth giving: woken by facts, with a slow second look in case one was lost. */

import { Inject, type OnModuleDestroy } from '@nestjs/common';
import { streamName } from '@tokenos/runtime/stream-kind';
import { LiveFacts } from '../facts/live-facts.js';
import { accessOf, isPending, type AccessAnswer } from './access-answer.js';
import { OwnRentals } from './own-rentals.js';

/** Wall time after which it looks again unasked. */
const SECOND_LOOK_MS = 5_000;

export class WaitingRoom implements OnModuleDestroy {
  private readonly closing = new AbortController();

  constructor(
    @Inject(OwnRentals) private readonly own: OwnRentals,
    @Inject(LiveFacts) private readonly live: LiveFacts,
  ) {}

  /** At once where the answer is final; else once it changes to one that is, or after `waitMs` of wall time, or when the caller hangs up. */
  async accessWithin(buyerId: string, rentalId: string, waitMs: number, hungUp: AbortSignal): Promise<AccessAnswer> {
    const over = AbortSignal.any([hungUp, this.closing.signal, AbortSignal.timeout(waitMs)]);
    for (;;) {
      const wake = new AbortController();
      const happened = this.live.next(streamName('rental', rentalId), AbortSignal.any([over, wake.signal]));
      const timer = setTimeout(() => wake.abort(), SECOND_LOOK_MS);
      try {
        const answer = accessOf((await this.own.find(buyerId, rentalId)).state);
        if (over.aborted || !isPending(answer)) return answer;
        await happened;
      } finally {
        clearTimeout(timer);
        wake.abort();
      }
    }
  }

  onModuleDestroy(): void {
    this.closing.abort();
  }
}
