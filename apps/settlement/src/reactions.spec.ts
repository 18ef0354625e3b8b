/** What settlement is reminded of by each fact. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { operatorStream, paymentStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import type { PaymentFact } from '@tokenos/domain/payment/payment';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { MINUTE } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import { released, vanished } from '@tokenos/testing/generators/sample-course';
import * as f from '@tokenos/testing/generators/sample-facts';
import { seen, transfer } from '@tokenos/testing/generators/sample-payment';
import { reactions } from './reactions.js';

const AT = f.ENDS_AT;

type Kind<Fact> = Pick<StreamKind<unknown, unknown, Fact>, 'category' | 'encode'>;

function reactionsTo<Fact>(kind: Kind<Fact>, id: string, fact: Fact) {
  const origin = { at: new Date(AT).toISOString(), by: 'spec', correlationId: 'spec', causationId: 'spec' };
  return reactions(seal(null, { id: uuid('f', 1), stream: `${kind.category}-${id}`, ...kind.encode(fact), ...origin }));
}
const toRental = (fact: RentalFact) => reactionsTo(rentalStream, f.RENTAL, fact);
const { signature } = transfer();
const toPayment = (fact: PaymentFact) => reactionsTo(paymentStream, signature, fact);

const settles = [{ do: 'schedule', kind: 'settle', key: f.RENTAL, dueAt: AT }];

describe('settlement is reminded', () => {
  it('by a request, to let it expire', () => {
    const expiry = { do: 'schedule', kind: 'expire', key: f.RENTAL, dueAt: f.T0 + 15 * MINUTE };
    expect(toRental(f.requested)).toEqual([expiry]);
  });

  it('by a payment, to see it become final', () => {
    const { signature: key } = f.payment();
    const payload = { rentalId: f.RENTAL };
    expect(toRental(f.received())).toEqual([{ do: 'schedule', kind: 'finality', key, dueAt: AT + 2_000, payload }]);
  });

  it.each([
    ['its end', f.ended('buyer_stopped', AT)],
    ['the last of its minutes', f.meterClosed(59, 60)],
    ['a payment that is final', f.finalized()],
    ['a payment that has vanished', vanished()],
    ['its expiry', f.expired],
    ['its release', released],
    ['the last minute of a day', f.metered(1_430, '1'.repeat(10))],
    ['the first minutes of the next', f.metered(2_850, '1'.repeat(60))],
  ])('by %s, to settle the rental', (_, fact) => {
    expect(toRental(fact)).toEqual(settles);
  });

  it.each([
    f.placed(),
    f.started(),
    f.metered(0, '1'),
    f.metered(1_430, '1'.repeat(9)),
    f.metered(1_440, '1'.repeat(60)),
    f.revoked(AT),
    f.planned(),
    f.signed(),
    f.confirmed(),
    f.landed(),
    f.broke(),
    f.lapsed(),
  ])('not by $type: whatever carries a plan out goes on until it has ended', (fact) => {
    expect(toRental(fact)).toEqual([]);
  });

  it('by a transfer that credits no rental, to give it back, and not by any other', () => {
    expect(toPayment(seen())).toEqual([{ do: 'schedule', kind: 'return', key: signature, dueAt: AT }]);
    expect(toPayment(seen({ assignedTo: f.RENTAL, why: null }))).toEqual([]);
    expect(toPayment(f.planned())).toEqual([]);
  });

  it('of nothing by an operator', () => {
    const data = { operatorId: f.OPERATOR, wallet: f.OPERATOR_WALLET };
    expect(reactionsTo(operatorStream, f.OPERATOR, { type: 'OperatorRegistered', data })).toEqual([]);
  });
});
