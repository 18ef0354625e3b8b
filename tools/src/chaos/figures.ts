/** What a rental must come to though everything died under it, by its terms alone: every minute served, every coin accounted for. */

import type { RentalDetail } from '@tokenos/contracts/api/rental';

export interface Figures {
  readonly minutes: number;
  readonly chargedMicroUsdc: bigint;
  readonly feeMicroUsdc: bigint;
  readonly operatorMicroUsdc: bigint;
  readonly refundedMicroUsdc: bigint;
}

const MINUTE_MS = 60_000;

/** Written out once more on purpose: what is compared with it was computed by the services. */
export function dueOf(rental: RentalDetail): Figures {
  const { quote, payment, placement, startedAt, end } = rental;
  const paid = payment.received.reduce((sum, { amountMicroUsdc }) => sum + BigInt(amountMicroUsdc), 0n);
  const ranMs = startedAt === null || end === null ? 0 : Date.parse(end.effectiveAt) - Date.parse(startedAt);
  const minutes = Math.min(rental.minutes, Math.floor(ranMs / MINUTE_MS));
  const rate = BigInt(placement?.ratePerGpuHourMicroUsdc ?? 0);
  const units = BigInt(quote.tierBps) * BigInt(quote.gpuCount) * BigInt(minutes);
  const charged = (rate * units) / 600_000n;
  const fee = (charged * BigInt(quote.feeBps)) / 10_000n;
  return {
    minutes,
    chargedMicroUsdc: charged,
    feeMicroUsdc: fee,
    operatorMicroUsdc: charged - fee,
    refundedMicroUsdc: paid - charged,
  };
}

export function foundOf({ cost, settlement: { totals } }: RentalDetail): Figures | null {
  if (totals === null) return null;
  return {
    minutes: cost.minutesServed,
    chargedMicroUsdc: BigInt(totals.chargedMicroUsdc),
    feeMicroUsdc: BigInt(totals.feeMicroUsdc),
    operatorMicroUsdc: BigInt(totals.operatorMicroUsdc),
    refundedMicroUsdc: BigInt(totals.refundedMicroUsdc),
  };
}

/** In words, one for each figure that differs from what is due, and where a rental came to another end than the buyer chose. */
export function faultsOf(rental: RentalDetail, wanted: 'term_elapsed' | 'buyer_stopped'): readonly string[] {
  const found = foundOf(rental);
  if (found === null) return [`${rental.rentalId} is ${rental.state}, not settled`];
  const ended = rental.end?.reason ?? 'nothing';
  const wrongEnd = ended === wanted ? [] : [`${rental.rentalId} ended by ${ended}, not ${wanted}`];
  const due = dueOf(rental);
  const names = Object.keys(due) as (keyof Figures)[];
  const wrong = names.filter((name) => found[name] !== due[name]);
  return [...wrongEnd, ...wrong.map((name) => `${rental.rentalId}: ${name} is ${found[name]}, not ${due[name]}`)];
}
