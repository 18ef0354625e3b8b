/** Keeps the amounts of payable quotes apart, so that a transfer of an exact amount can mean one rental only; and keeps one buyer from taking them all. */

import { Inject } from '@nestjs/common';
import { sum, usdc, type MicroUsdc } from '@tokenos/domain/money';
import { QUOTE_LIFE } from '@tokenos/domain/rental/decide/request';
import { HOUR, SECOND, type Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, CONFIG, DATABASE } from '@tokenos/runtime/service/tokens';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { GatewayConfig } from '../config.js';
import type { Entropy } from '../entropy.js';
import { problemOf } from '../problem/problem.js';
import { ENTROPY } from '../tokens.js';
import type { GatewayTables } from '../view/tables.js';

type Tx = Transaction<GatewayTables>;

/** An amount is not asked for again until this long after its quote expired: a late payer must not pay for someone else. */
const QUARANTINE: Millis = HOUR;
/** With half of all surpluses taken, this many draws fail once in 10^9. */
const DRAWS = 30;

export class QuoteAmounts {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<GatewayTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ENTROPY) private readonly entropy: Entropy,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** A surplus (1 to 9,999) that makes price + surplus unlike any other open quote's; held for this rental. Throws `too_many_open_quotes` or `unavailable`. */
  async reserve(buyerId: string, rentalId: string, price: MicroUsdc): Promise<MicroUsdc> {
    const now = this.clock.now();
    await this.db.deleteFrom('quote_amounts').where('free_at', '<', BigInt(now)).execute();
    return this.db.transaction().execute(async (tx) => {
      await this.assertMayAsk(tx, buyerId, rentalId, now);
      return this.draw(tx, { buyer_id: buyerId, rental_id: rentalId, free_at: now + QUOTE_LIFE + QUARANTINE }, price);
    });
  }

  /** A quote stops counting when it is placed, which it is once paid, or when it expires; not when it is stopped, because its amount stays taken. */
  private async assertMayAsk(tx: Tx, buyerId: string, rentalId: string, now: Millis): Promise<void> {
    // One request of a buyer after the other, or many at once would each find room.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`quotes of ${buyerId}`}, 0))`.execute(tx);
    const open = await tx
      .selectFrom('quote_amounts')
      .select(({ fn }) => fn.min('free_at').as('first'))
      .where('buyer_id', '=', buyerId)
      .where('rental_id', '!=', rentalId)
      .where('free_at', '>', BigInt(now + QUARANTINE))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('served').select('operator_id').whereRef('served.rental_id', '=', 'quote_amounts.rental_id'),
          ),
        ),
      )
      .groupBy('rental_id')
      .orderBy('first')
      .execute();
    const [first] = open;
    if (first === undefined || open.length < this.config.MAX_OPEN_QUOTES) return;
    const seconds = Math.ceil((Number(first.first) - QUARANTINE - now) / SECOND);
    throw problemOf('too_many_open_quotes', {
      detail: `${open.length} of your quotes are neither paid nor expired, and no more are given: pay one, or come back in ${seconds} seconds.`,
      headers: { 'retry-after': `${seconds}` },
    });
  }

  private async draw(
    tx: Tx,
    held: { buyer_id: string; rental_id: string; free_at: number },
    price: MicroUsdc,
  ): Promise<MicroUsdc> {
    for (let draw = 0; draw < DRAWS; draw++) {
      const surplus = usdc(this.entropy.surplusMicroUsdc());
      const taken = await tx
        .insertInto('quote_amounts')
        .values({ ...held, amount: sum([price, surplus]) })
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
