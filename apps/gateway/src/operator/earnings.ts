/** What an operator earned: read from the streams of the rentals its machines served. */

import { Inject } from '@nestjs/common';
import { both } from '@tokenos/contracts/api/money';
import { sum } from '@tokenos/domain/money';
import { runOf } from '@tokenos/domain/rental/state';
import { servedGroups } from '@tokenos/domain/rental/usage';
import type { Plan } from '@tokenos/domain/settlement/plan';
import { DATABASE } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import { OwnRentals } from '../buyer/own-rentals.js';
import { signatureOf, type KnownRental } from '../buyer/rental-answers.js';
import type { GatewayTables } from '../view/tables.js';

export class Earnings {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<GatewayTables>,
    @Inject(OwnRentals) private readonly rentals: OwnRentals,
  ) {}

  async page(operatorId: string, cursor: string | undefined, limit: number) {
    const mine = this.db.selectFrom('served').select('rental_id').where('operator_id', '=', operatorId);
    const from = cursor === undefined ? mine : mine.where('rental_id', '<', cursor);
    const rows = await from
      .orderBy('rental_id', 'desc')
      .limit(limit + 1)
      .execute();
    const ids = rows.slice(0, limit).map((row) => row.rental_id);
    const found = await Promise.all(ids.map((id) => this.rentals.read(id)));
    const items = found.flatMap((rental) => (rental === null ? [] : [earnedIn(rental.state, operatorId)]));
    return { items, next: rows.length > limit ? (ids.at(-1) ?? null) : null };
  }
}

/** Amounts are from plans: nothing counts as earned before it is planned. */
export function earnedIn(state: KnownRental, operatorId: string) {
  const { rental } = state;
  const payouts = rental.plans.flatMap((plan) => payoutsTo(operatorId, plan));
  const standing = payouts.filter(({ status }) => status !== 'failed');
  const groups = servedGroups(rental, runOf(state)).filter((group) => group.operatorId === operatorId);
  return {
    rentalId: rental.rentalId,
    state: state.status,
    minutesServed: groups.reduce((total, group) => total + group.minutes, 0),
    ...both('earned', sum(standing.map(({ amount }) => amount))),
    payouts: payouts.map(({ amount, ...payout }) => ({ ...payout, ...both('amount', amount) })),
  };
}

function payoutsTo(operatorId: string, plan: Plan) {
  const wallets = plan.planned.groups.filter((group) => group.operatorId === operatorId).map((g) => g.operatorWallet);
  return plan.planned.transfers
    .filter(({ role, to }) => role === 'operator' && wallets.includes(to))
    .map(({ amountMicroUsdc }) => ({
      planId: plan.planned.planId,
      amount: amountMicroUsdc,
      status: plan.status,
      signature: signatureOf(plan),
    }));
}
