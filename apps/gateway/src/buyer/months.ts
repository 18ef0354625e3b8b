/** A buyer's rentals by month: those that ended in it, and in the current one also those that still run. */

import { Inject } from '@nestjs/common';
import type { CarbonAnswer, CarbonMonth } from '@tokenos/contracts/api/carbon';
import type { UsageMonth } from '@tokenos/contracts/api/usage';
import { both } from '@tokenos/contracts/api/money';
import { sum } from '@tokenos/domain/money';
import { closingOf, runOf } from '@tokenos/domain/rental/state';
import { costOf, minutesServed } from '@tokenos/domain/rental/usage';
import type { Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, DATABASE } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import { emitted } from '../carbon/carbon-answer.js';
import { Footprints } from '../carbon/footprints.js';
import type { GatewayTables } from '../view/tables.js';
import { OwnRentals } from './own-rentals.js';
import { instant, type KnownRental } from './rental-answers.js';

export class Months {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<GatewayTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OwnRentals) private readonly own: OwnRentals,
    @Inject(Footprints) private readonly footprints: Footprints,
  ) {}

  async usage(buyerId: string, month: string): Promise<UsageMonth> {
    const rentals = (await this.rentals(buyerId, month)).map(usedBy);
    const total = (of: (rental: (typeof rentals)[number]) => number) => rentals.reduce((all, one) => all + of(one), 0);
    return {
      month,
      total: {
        rentals: rentals.length,
        minutesServed: total((one) => one.minutesServed),
        gpuMinutes: total((one) => one.gpuMinutes),
        ...both('cost', sum(rentals.map(({ cost }) => cost))),
      },
      rentals: rentals.map(({ cost, ...rental }) => ({ ...rental, ...both('cost', cost) })),
    };
  }

  async carbon(buyerId: string, month: string): Promise<CarbonMonth> {
    const rentals: CarbonMonth['rentals'] = [];
    for (const state of await this.rentals(buyerId, month)) {
      const carbon = await this.footprints.of(state);
      if (carbon !== null) rentals.push({ ...nameOf(state), carbon });
    }
    return { month, total: emitted(totalOf(rentals.map(({ carbon }) => carbon))), rentals };
  }

  /** Oldest first; only rentals that started. */
  private async rentals(buyerId: string, month: string): Promise<KnownRental[]> {
    const { from, until } = bounds(month);
    const now = this.clock.now();
    const isCurrent = from <= now && now < until;
    const rows = await this.db
      .selectFrom('rentals')
      .select('rental_id')
      .where('buyer_id', '=', buyerId)
      .where('started_at', 'is not', null)
      .where((is) =>
        is.or([
          is.and([is('ended_at', '>=', BigInt(from)), is('ended_at', '<', BigInt(until))]),
          ...(isCurrent ? [is('ended_at', 'is', null)] : []),
        ]),
      )
      .orderBy('rental_id')
      .execute();
    const found: KnownRental[] = [];
    for (const { rental_id } of rows) found.push((await this.own.find(buyerId, rental_id)).state);
    return found;
  }
}

/** "2026-11" -> its first millisecond, and that of the next month. */
function bounds(month: string): { readonly from: Millis; readonly until: Millis } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { from: Date.UTC(year, number - 1), until: Date.UTC(year, number) };
}

function nameOf(state: KnownRental) {
  const { rentalId, terms } = state.rental;
  const end = closingOf(state)?.end;
  return {
    rentalId,
    label: terms.label,
    gpuTier: terms.gpuTier,
    gpuCount: terms.gpuCount,
    startedAt: instant(runOf(state)?.startedAt ?? 0),
    endedAt: end === undefined ? null : instant(end.effectiveAt),
  };
}

function usedBy(state: KnownRental) {
  const run = runOf(state);
  const { terms } = state.rental;
  const minutes = run === null ? 0 : minutesServed(run);
  return {
    ...nameOf(state),
    tier: terms.tier,
    minutesServed: minutes,
    gpuMinutes: minutes * terms.gpuCount,
    cost: costOf(state.rental, run),
    final: state.status === 'settled',
  };
}

function totalOf(carbons: readonly CarbonAnswer[]) {
  const all = (of: (carbon: CarbonAnswer) => number) => carbons.reduce((total, carbon) => total + of(carbon), 0);
  const complete = carbons.length > 0 && carbons.every(({ mgWithPue }) => mgWithPue !== null);
  return { mg: all(({ mg }) => mg), mgWithPue: complete ? all(({ mgWithPue }) => mgWithPue ?? 0) : null };
}
