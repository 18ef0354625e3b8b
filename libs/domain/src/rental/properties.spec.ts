/** What holds in every rental, whatever happens to it: random histories of three rentals on one market, with everything late, twice and out of order. */

import { scripts } from '@tokenos/testing/generators/scripts';
import { historyOf, type History } from '@tokenos/testing/histories/history';
import { factsOf } from '@tokenos/testing/histories/read';
import fc from 'fast-check';
import { fold } from '../decider.js';
import { sum, type MicroUsdc } from '../money.js';
import { price } from '../pricing/pricing.js';
import { standing, type Plan } from '../settlement/plan.js';
import { rentalDecider } from './decider.js';
import { MINUTE } from '../time.js';
import { closingOf, runOf, type Rental, type RentalState } from './state.js';
import { billableUntil } from './usage.js';

type Present = Exclude<RentalState, { status: 'absent' }>;

/** Each run is three rentals; seven properties see over six hundred a time. */
const RUNS = { numRuns: 30 };
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

/** What plans hand out, by role; the fee under `fee`. */
function handedOut(plans: readonly Plan[]): Record<'fee' | 'operator' | 'refund', bigint> {
  const promised = standing(plans);
  const transfers = promised.flatMap((planned) => planned.transfers);
  return {
    fee: sum(promised.map((planned) => planned.feeMicroUsdc)),
    operator: amounts(transfers.filter((transfer) => transfer.role === 'operator')),
    refund: amounts(transfers.filter((transfer) => transfer.role === 'refund')),
  };
}

/** The first ten served minutes are free where the first login came more than a minute after the payment. */
const priceServed = (state: Present): MicroUsdc => {
  const { rental } = state;
  const run = runOf(state);
  const late = run !== null && run.startedAt - run.paidAt > MINUTE && rental.terms.maxWaitMs <= MINUTE;
  let free = late ? 10 : 0;
  const { tierBps } = rental.quote;
  const { gpuCount } = rental.terms;
  return sum(
    (run?.spans ?? []).map(({ rateMicroUsdcPerHour, minutes }) => {
      const billed = Math.max(0, minutes - free);
      free -= minutes - billed;
      return price({ rateMicroUsdcPerHour, tierBps, gpuCount, minutes: billed });
    }),
  );
};

describe('in every rental', () => {
  it('no more is promised than was finally paid, and each plan charges what it hands to operator and platform', () => {
    always(false, (history) => {
      for (const { rental } of statesOf(history)) {
        const out = handedOut(rental.plans);
        const final = amounts(rental.payments.filter((payment) => payment.finalized));
        expect(out.fee + out.operator + out.refund <= final).toBe(true);
        for (const { planned } of rental.plans) {
          const operators = amounts(planned.transfers.filter((transfer) => transfer.role === 'operator'));
          expect(planned.chargedMicroUsdc).toBe(operators + planned.feeMicroUsdc);
          expect(planned.transfers.every((transfer) => transfer.amountMicroUsdc > 0n)).toBe(true);
        }
      }
    });
  });

  it('all money has a place in the end: paid = operator + fee + refunds, and the charge is the price of what was served', () => {
    always(true, (history) => {
      for (const state of lastStates(history)) {
        const { fee, operator, refund } = handedOut(state.rental.plans);
        expect(state.status).toBe('settled');
        expect(fee + operator + refund).toBe(amounts(state.rental.payments));
        expect(fee + operator).toBe(priceServed(state));
        expect(fee + operator <= state.rental.quote.priceMicroUsdc).toBe(true);
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
        const refunds = standing(rental.plans).flatMap((planned) =>
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
