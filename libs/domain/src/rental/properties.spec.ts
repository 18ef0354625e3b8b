/** What holds in every rental, whatever happens to it: random histories of four rentals on one market, with everything late, twice and out of order. */

import { scripts } from '@tokenos/testing/generators/scripts';
import { historyOf, type History } from '@tokenos/testing/histories/history';
import { factsOf } from '@tokenos/testing/histories/read';
import fc from 'fast-check';
import { fold } from '../decider.js';
import { sum, ZERO, type MicroUsdc } from '../money.js';
import { price, type PriceInputs } from '../pricing/pricing.js';
import type { SettlementPlanned } from '../settlement/facts.js';
import { dues, standing } from '../settlement/plan.js';
import { rentalDecider } from './decider.js';
import { MINUTE } from '../time.js';
import { closingOf, runOf, type Rental, type RentalState } from './state.js';
import { billableUntil } from './usage.js';

type Present = Exclude<RentalState, { status: 'absent' }>;

/** Each run is four rentals; eight properties see about eight hundred a time. */
const RUNS = { numRuns: 25 };
const always = (finished: boolean, holds: (history: History) => void) => {
  fc.assert(
    fc.property(scripts(120), (script) => {
      holds(historyOf(script, { finished }));
    }),
    RUNS,
  );
};
const statesOf = (history: History): Present[] =>
  [...history.rentals.values()]
    .flat()
    .flatMap(({ after, outcome }) => (after.status === 'absent' || outcome.kind !== 'accepted' ? [] : [after]));
const lastStates = (history: History): Present[] =>
  [...history.rentals.values()].flatMap((told) => {
    const last = told.at(-1)?.after;
    return last === undefined || last.status === 'absent' ? [] : [last];
  });
const amounts = (items: readonly { readonly amountMicroUsdc: MicroUsdc }[]) =>
  sum(items.map((item) => item.amountMicroUsdc));

/** What plans hand out, by role; the fee under `fee`, and what the platform adds of its own under `added`. */
function handedOut(promised: readonly SettlementPlanned[]): Record<'fee' | 'operator' | 'refund' | 'added', bigint> {
  const transfers = promised.flatMap((planned) => planned.transfers);
  return {
    fee: sum(promised.map((planned) => planned.feeMicroUsdc)),
    operator: amounts(transfers.filter((transfer) => transfer.role === 'operator')),
    refund: amounts(transfers.filter((transfer) => transfer.role === 'refund')),
    added: sum(promised.map((planned) => planned.shortfallMicroUsdc ?? ZERO)),
  };
}

/** The first ten served minutes are free where the first login came more than a minute after the payment. */
function priceServed(state: Present): MicroUsdc {
  const { rental } = state;
  const run = runOf(state);
  const late = run !== null && run.startedAt - run.paidAt > MINUTE && rental.terms.maxWaitMs <= MINUTE;
  let free = late ? 10 : 0;
  const groups = new Map<string, PriceInputs>();
  for (const { operatorId, rateMicroUsdcPerHour, minutes } of run?.spans ?? []) {
    const billed = Math.max(0, minutes - free);
    free -= minutes - billed;
    const key = `${operatorId} ${rateMicroUsdcPerHour}`;
    const inputs = { rateMicroUsdcPerHour, tierBps: rental.quote.tierBps, gpuCount: rental.terms.gpuCount };
    groups.set(key, { ...inputs, minutes: billed + (groups.get(key)?.minutes ?? 0) });
  }
  return sum([...groups.values()].map(price));
}

describe('in every rental', () => {
  it('no more is promised than was finally paid, and each plan charges what it hands to operator and platform', () => {
    always(false, (history) => {
      for (const { rental } of statesOf(history)) {
        const out = handedOut(standing(rental.plans));
        const final = amounts(rental.payments.filter((payment) => payment.finalized));
        expect(out.fee + out.operator + out.refund <= final + out.added).toBe(true);
        for (const { planned } of rental.plans) {
          const operators = amounts(planned.transfers.filter((transfer) => transfer.role === 'operator'));
          expect(planned.chargedMicroUsdc).toBe(operators + planned.feeMicroUsdc);
          expect(planned.transfers.every((transfer) => transfer.amountMicroUsdc > 0n)).toBe(true);
        }
      }
    });
  });

  it('all money has a place in the end: paid + added = operator + fee + refunds, and the charge is the price of what was served', () => {
    always(true, (history) => {
      for (const state of lastStates(history)) {
        const { rental } = state;
        const all = handedOut(standing(rental.plans));
        const came = amounts(rental.payments.filter((payment) => !payment.vanished));
        expect(state.status).toBe('settled');
        expect(all.fee + all.operator + all.refund).toBe(came + all.added);
        const { fee, operator } = handedOut(dues(rental.plans));
        expect(fee + operator).toBe(priceServed(state));
        const sold = rental.extensions.filter((extension) => extension.extended);
        const most = sum([rental.quote, ...sold].map((one) => one.priceMicroUsdc));
        expect(fee + operator <= most).toBe(true);
      }
    });
  });

  it('no plan takes back what an earlier one promised, in whatever order payments become final', () => {
    always(false, (history) => {
      for (const { outcome } of [...history.rentals.values()].flat()) {
        expect(outcome).not.toMatchObject({ rejection: { code: 'overplanned' } });
      }
    });
  });

  it('refunds go to wallets that paid, each at most what it gave, or to the wallet the buyer proved', () => {
    always(true, (history) => {
      for (const { rental } of lastStates(history)) {
        const refunds = dues(rental.plans).flatMap((planned) =>
          planned.transfers.filter((transfer) => transfer.role === 'refund'),
        );
        for (const wallet of new Set(refunds.map((refund) => refund.to))) {
          const back = amounts(refunds.filter((refund) => refund.to === wallet));
          expect(back <= gaveThrough(rental, wallet)).toBe(true);
        }
      }
    });
  });

  it('each minute is metered at most once, in order, and none beyond the end', () => {
    always(true, (history) => {
      for (const state of statesOf(history)) {
        const run = runOf(state);
        if (run !== null) expect(run.nextMinute).toBeLessThanOrEqual(billableUntil(run, closingOf(state)));
      }
      for (const told of history.rentals.values()) {
        let next = 0;
        for (const { outcome } of told) {
          for (const fact of outcome.kind === 'accepted' ? outcome.facts : []) {
            if (fact.type !== 'UsageMetered') continue;
            expect(fact.data.firstMinute).toBe(next);
            next += fact.data.bitmap.length;
          }
        }
      }
    });
  });

  it('whatever was accepted once does nothing when it is delivered again at once', () => {
    always(false, (history) => {
      for (const { after, command, outcome } of [...history.rentals.values()].flat()) {
        if (outcome.kind !== 'accepted') continue;
        expect({ command, again: rentalDecider.decide(after, command).kind }).not.toMatchObject({ again: 'accepted' });
      }
    });
  });

  it('what was not accepted changes nothing, and nobody runs who has not paid in time', () => {
    always(false, (history) => {
      for (const { before, after, outcome } of [...history.rentals.values()].flat()) {
        if (outcome.kind !== 'accepted') expect(after).toBe(before);
        if (after.status !== 'placed' && after.status !== 'running') continue;
        const inTime = after.rental.payments.filter((payment) => payment.blockTime <= after.rental.quote.expiresAt);
        expect(amounts(inTime) >= after.rental.quote.totalMicroUsdc).toBe(true);
      }
    });
  });

  it('the facts alone, read back from the wire, lead to the same state', () => {
    always(false, ({ envelopes, rentals }) => {
      for (const [id, told] of rentals) {
        const facts = factsOf(envelopes, id);
        expect(facts).toEqual(told.flatMap(({ outcome }) => (outcome.kind === 'accepted' ? outcome.facts : [])));
        expect(fold(rentalDecider, facts)).toEqual(told.at(-1)?.after);
      }
    });
  });
});

/** What a wallet gave, or what all gave where the buyer proved this one. */
const gaveThrough = ({ payments, payment }: Rental, wallet: string): MicroUsdc =>
  amounts(payments.filter(({ payer }) => (payment.refundTo ?? payer) === wallet));
