/** Dying at any step, and starting again: each plan is signed once while its bytes may land, sent to one chain, and pays once. */

import { audit } from '@tokenos/audit/audit';
import { paymentStream } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import { DAY } from '@tokenos/domain/time';
import * as a from '@tokenos/testing/generators/sample-commands';
import { address } from '@tokenos/testing/generators/names';
import {
  BUYER_WALLET,
  FRIEND_WALLET,
  OPERATOR,
  OPERATOR_WALLET,
  RATE,
  RENTAL,
  STARTED_AT,
  T0,
  TOTAL,
} from '@tokenos/testing/generators/sample-facts';
import { transfer } from '@tokenos/testing/generators/sample-payment';
import { duty, openDesk, untilDone, type Desk } from '../testing/desk.js';
import { Died, mortal, type When } from '../testing/mortal.js';
import type { Parts } from '../parts.js';
import { returnPayment } from './return.js';
import { settle } from './settle.js';

/** Paid by two wallets and stopped before it started: everything goes back, to both in one transaction. */
async function stoppedRental(): Promise<Desk> {
  const desk = openDesk();
  await desk.tell(a.request(), a.pay(), a.pay(2, { payer: FRIEND_WALLET }), a.finalize(), a.finalize(2));
  await desk.tell(a.stop(T0 + 25_000));
  return desk;
}

/** Runs for two days, of which one is metered: its operator is paid for that one. */
async function longRental(): Promise<Desk> {
  const desk = openDesk();
  await desk.parts.wallets.set(OPERATOR, OPERATOR_WALLET);
  const amountMicroUsdc = usdc(2n * 24n * RATE + 1_234n);
  await desk.tell(a.request({ minutes: 2 * 1_440 }), a.pay(1, { amountMicroUsdc }), a.finalize(), a.place(), a.start());
  const hours = Array.from({ length: 24 }, (_, n) => a.meter(n * 60, '1'.repeat(60), STARTED_AT + DAY));
  desk.pass(DAY);
  await desk.tell(...hours);
  return desk;
}

/** Sent by somebody to nobody. */
async function strayPayment(): Promise<Desk> {
  const desk = openDesk();
  await desk.parts.act.handle(paymentStream, transfer().signature, () => ({ type: 'SeePayment', seen: transfer() }));
  return desk;
}

const rental = (parts: Parts) => settle(parts, duty('settle', RENTAL));
const stray = (parts: Parts) => returnPayment(parts, duty('return', transfer().signature));

const cases = [
  {
    what: 'a day of a rental',
    stream: `rental-${RENTAL}`,
    open: longRental,
    run: rental,
    closes: [],
    last: 'SettlementFinalized',
    paid: { [OPERATOR_WALLET]: 133_152_000n },
  },
  {
    what: 'a rental',
    stream: `rental-${RENTAL}`,
    open: stoppedRental,
    run: rental,
    closes: ['RentalSettled'],
    last: 'RentalSettled',
    paid: { [BUYER_WALLET]: TOTAL, [FRIEND_WALLET]: TOTAL },
  },
  {
    what: 'a stray payment',
    stream: `payment-${transfer().signature}`,
    open: strayPayment,
    run: stray,
    closes: ['PaymentReturned'],
    last: 'PaymentReturned',
    paid: { [BUYER_WALLET]: TOTAL },
  },
];

/** More steps than either takes. */
const STEPS = 40;

/** One hand plays all the services here, and the samples' placement was made up. */
const NOT_OURS: readonly string[] = ['author', 'placement@1'];
const findings = async (desk: Desk) =>
  audit(await desk.envelopes(), { partial: true }).findings.filter(({ code }) => !NOT_OURS.includes(code));

describe.each(cases)('settling $what', ({ stream, open, run, closes, last, paid }) => {
  it('comes to its end undisturbed', async () => {
    const desk = await open();
    expect(await untilDone(() => run(desk.parts))).toBe('done');
    const plan = ['SettlementPlanned', 'SettlementSigned', 'SettlementConfirmed', 'SettlementFinalized'];
    expect((await desk.typesOf(stream)).slice(-plan.length - closes.length)).toEqual([...plan, ...closes]);
    expect(desk.chain.paid()).toEqual(paid);
    expect(await findings(desk)).toEqual([]);
  });

  it.each<When>(['before', 'after'])('pays once if it dies %s any of its steps', async (when) => {
    let survived = 0;
    for (let step = 1; step <= STEPS; step++) {
      const desk = await open();
      const dying = mortal(desk.parts, step, when);
      const end = await untilDone(() => run(dying)).catch((error: unknown) => error);
      if (end === 'done') survived += 1;
      else expect(end).toBeInstanceOf(Died);
      expect(await untilDone(() => run(desk.parts))).toBe('done');
      expect(desk.chain.paid()).toEqual(paid);
      const types = await desk.typesOf(stream);
      expect(types.filter((type) => type === 'SettlementSigned')).toHaveLength(1);
      expect(types.at(-1)).toBe(last);
      expect(new Set(desk.chain.sent).size).toBe(1);
      expect(await findings(desk)).toEqual([]);
    }
    // The sweep went beyond the last step, and did not only run undisturbed.
    expect(survived).toBeGreaterThan(0);
    expect(survived).toBeLessThan(STEPS - 8);
  });

  it('signs anew only when the first bytes can never land any more', async () => {
    const desk = await open();
    desk.chain.lands = false;
    for (let times = 0; times < 5; times++) expect(await run(desk.parts)).not.toBe('done');
    expect(new Set(desk.chain.sent).size).toBe(1);
    desk.chain.height += 151;
    desk.chain.lands = true;
    expect(await untilDone(() => run(desk.parts))).toBe('done');
    expect(new Set(desk.chain.sent).size).toBe(2);
    expect(desk.chain.paid()).toEqual(paid);
    expect(await desk.typesOf(stream)).toContain('SettlementExpired');
    expect(await findings(desk)).toEqual([]);
  });

  it('sends nothing to a chain it did not sign for, and signs nothing for it', async () => {
    const desk = await open();
    desk.chain.lands = false;
    await run(desk.parts);
    const before = [...desk.chain.sent];
    desk.chain.genesis = address('Another');
    desk.chain.lands = true;
    await untilDone(() => run(desk.parts), 5);
    expect(desk.chain.sent).toEqual(before);
    expect(desk.chain.signed).toHaveLength(1);
    expect(desk.signals.alarms).toContain('settlement_on_another_chain');
  });

  it('plans anew, after a pause, what failed on chain', async () => {
    const desk = await open();
    desk.chain.error = 'frozen';
    await run(desk.parts);
    expect(await run(desk.parts)).not.toBe('done');
    expect((await desk.typesOf(stream)).at(-1)).toBe('SettlementFailed');
    desk.chain.error = null;
    expect(await untilDone(() => run(desk.parts))).toBe('done');
    expect(await findings(desk)).toEqual([]);
    expect((await desk.typesOf(stream)).filter((type) => type === 'SettlementPlanned')).toHaveLength(2);
  });
});
