/** Tells machines of an end as soon as it is a fact, whoever else is down: access has five seconds to be gone. */

import { Inject, type OnModuleInit } from '@nestjs/common';
import { idOf } from '@tokenos/contracts/envelope/envelope';
import { closingOf } from '@tokenos/domain/rental/state';
import type { Handler } from '@tokenos/runtime/handle';
import type { Log } from '@tokenos/runtime/service/signals';
import { HANDLE, LOG } from '@tokenos/runtime/service/tokens';
import { LiveFacts } from '../facts/live-facts.js';
import { rentals } from '../streams.js';
import { AgentDoor } from './agent-door.js';

export class LeaseEnds implements OnModuleInit {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(LiveFacts) private readonly facts: LiveFacts,
    @Inject(AgentDoor) private readonly door: AgentDoor,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.facts.onAny(({ type, stream }) => {
      if (type !== 'RentalEnded.v1') return;
      this.tell(idOf(stream)).catch((err: unknown) => this.log.warn({ err, stream }, 'cannot tell machines of an end'));
    });
  }

  /** By the store's word alone: what the bus says ends nothing. */
  async tell(rentalId: string): Promise<void> {
    const { state, revision } = await this.act.load(rentals, rentalId);
    if (closingOf(state) !== null) this.door.end(rentalId, revision);
  }
}
