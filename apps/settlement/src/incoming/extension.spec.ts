/** A payment for more minutes: it makes the rental longer, or goes back by itself, and soon. */

import { paymentStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import { HOUR, MINUTE } from '@tokenos/domain/time';
import { signature } from '@tokenos/testing/generators/names';
import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import * as f from '@tokenos/testing/generators/sample-facts';
import { returnPayment } from '../outgoing/return.js';
import { duty, NOW, openDesk, untilDone, type Desk } from '../testing/desk.js';
import { incoming } from '../testing/transfer.js';
import { accept } from './accept.js';

const { reference, totalMicroUsdc: amount, expiresAt, extensionId } = c.extension;
const paid = incoming({
  ...{ signature: signature('Pay2'), references: [reference], amount, blockTime: expiresAt },
  payers: [{ wallet: f.BUYER_WALLET, amount }],
});

let desk: Desk;
beforeEach(async () => {
  desk = openDesk();
  await desk.tell(a.request(), a.pay(), a.place(), a.start(), c.quoteExtension());
  await desk.parts.quotes.open({ rentalId: f.RENTAL, extensionId, reference, totalMicroUsdc: amount, expiresAt });
});

const rental = async () => (await desk.parts.act.load(rentalStream, f.RENTAL)).state;
const seen = async () => (await desk.parts.act.load(paymentStream, paid.signature)).state;

describe('a payment that names an extension', () => {
  it('makes the rental longer in the append that credits it, once', async () => {
    await Promise.all([accept(desk.parts, paid), accept(desk.parts, paid)]);
    expect((await desk.typesOf(`rental-${f.RENTAL}`)).slice(-2)).toEqual(['PaymentReceived', 'RentalExtended']);
    expect(await rental()).toMatchObject({ status: 'running', run: { endsAt: f.ENDS_AT + 30 * MINUTE } });
    expect(await seen()).toMatchObject({ status: 'assigned', seen: { assignedTo: f.RENTAL, extensionId } });
  });

  it.each([
    ['its reference', { references: [reference] }],
    ['its amount', { references: [] }],
    ['its amount and the rental', { references: [], memo: f.RENTAL }],
  ])('may name it by %s', async (_, named) => {
    await accept(desk.parts, { ...paid, ...named });
    expect(await rental()).toMatchObject({ run: { endsAt: f.ENDS_AT + 30 * MINUTE } });
  });

  const tooLate: readonly (readonly [string, readonly RentalCommand[], Partial<typeof paid>])[] = [
    ['whose rental has ended', [a.stop(f.STARTED_AT + 2 * MINUTE)], {}],
    ['whose rental has lost its machine', [c.interrupt()], {}],
    ['that was had already', [a.pay(3, { extensionId, amountMicroUsdc: amount })], {}],
    ['whose offer had passed', [], { blockTime: expiresAt + 1 }],
  ];
  it.each(tooLate)('%s goes back whole, and waits for nobody', async (_, before, change) => {
    await desk.tell(...before);
    await accept(desk.parts, { ...paid, ...change });
    expect(await seen()).toMatchObject({ status: 'unmatched', seen: { why: 'extension_closed' } });
    const patient = { ...desk.parts, returnUnmatchedAfter: 24 * HOUR };
    const later = { ...patient, clock: { ...patient.clock, now: () => expiresAt + 1 } };
    const returning = () => returnPayment(later, duty('return', paid.signature));
    expect(await untilDone(returning)).toBe('done');
    expect(desk.chain.paid()).toEqual({ [f.BUYER_WALLET]: amount });
  });

  it('of a rental that has been told to yield does not make it longer', async () => {
    desk = openDesk();
    await desk.parts.quotes.open({ rentalId: f.RENTAL, extensionId, reference, totalMicroUsdc: amount, expiresAt });
    await desk.tell(a.request({ tier: 'SPOT' }), a.pay(), a.place(), a.start(), c.quoteExtension());
    await desk.tell(c.noticePreemption);
    await accept(desk.parts, paid);
    expect(await seen()).toMatchObject({ status: 'unmatched', seen: { why: 'extension_closed' } });
  });

  it('too small to pay it is held by the rental, and goes back when that ends', async () => {
    await accept(desk.parts, {
      ...paid,
      amount: amount - 1n,
      payers: [{ wallet: f.BUYER_WALLET, amount: amount - 1n }],
    });
    expect(await rental()).toMatchObject({ status: 'running', run: { endsAt: f.ENDS_AT } });
    expect(await seen()).toMatchObject({ status: 'assigned' });
    expect(NOW).toBe(f.STARTED_AT);
  });
});
