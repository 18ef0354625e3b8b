/** Keeps the amounts of payable quotes apart, so that a transfer of an exact amount can mean one rental only. */

import { Inject } from '@nestjs/common';
import { sum, usdc, type MicroUsdc } from '@tokenos/domain/money';
import { QUOTE_LIFE } from '@tokenos/domain/rental/decide/request';
import { HOUR, type Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, DATABASE } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import type { Entropy } from '../entropy.js';
import { problemOf } from '../problem/problem.js';
import { ENTROPY } from '../tokens.js';
import type { GatewayTables } from '../view/tables.js';

/** An amount is not asked for again until this long after its quote expired: a late payer must not pay for someone else. */
const QUARANTINE: Millis = HOUR;
/** With half of all surpluses taken, this many draws fail once in 10^9. */
const DRAWS = 30;

export class QuoteAmounts {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<GatewayTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ENTROPY) private readonly entropy: Entropy,
  ) {}

  /** A surplus (1 to 9,999) that makes price + surplus unlike any other open quote's; held for this rental. Throws `unavailable`. */
  async reserve(rentalId: string, price: MicroUsdc): Promise<MicroUsdc> {
    const now = this.clock.now();
    await this.db.deleteFrom('quote_amounts').where('free_at', '<', BigInt(now)).execute();
    for (let draw = 0; draw < DRAWS; draw++) {
      const surplus = usdc(this.entropy.surplusMicroUsdc());
      const taken = await this.db
        .insertInto('quote_amounts')
        .values({ amount: sum([price, surplus]), rental_id: rentalId, free_at: now + QUOTE_LIFE + QUARANTINE })
        .onConflict((conflict) => conflict.doNothing())
        .returning('amount')
        .executeTakeFirst();
      if (taken !== undefined) return surplus;
    }
    throw problemOf('unavailable', {
      detail: 'Too many open quotes for this amount.',
      headers: { 'retry-after': '60' },
    });
  }
}
