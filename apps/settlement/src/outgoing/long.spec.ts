/** Rentals that take their time: operators paid once a day, on several machines, to the wallet of that day; and rentals held still. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import { DAY, HOUR, MINUTE } from '@tokenos/domain/time';
import { address, uuid } from '@tokenos/testing/generators/names';
import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import * as f from '@tokenos/testing/generators/sample-facts';
import { duty, NOW, openDesk, untilDone, type Desk } from '../testing/desk.js';
import { settle } from './settle.js';

const [SECOND_OPERATOR, SECOND_WALLET, NEW_WALLET] = [uuid('b', 2), address('Second'), address('New')];
/** Three days of an H100 at 5.84 USDC an hour; a day of it, less 5 %. */
const TOTAL = usdc(3n * 24n * 5_840_000n + 1_234n);
const A_DAY = 140_160_000n;
const A_DAYS_PAYOUT = 133_152_000n;

let desk: Desk;
beforeEach(async () => {
  desk = openDesk();
  await desk.parts.wallets.set(f.OPERATOR, f.OPERATOR_WALLET);
  await desk.parts.wallets.set(SECOND_OPERATOR, SECOND_WALLET);
  await desk.tell(a.request({ minutes: 3 * 1_440 }), a.pay(1, { amountMicroUsdc: TOTAL }), a.finalize());
  await desk.tell(a.place(), a.start());
});

const hours = (from: number, to: number, attempt = 1): RentalCommand[] =>
  Array.from({ length: to - from }, (_, n) =>
    a.meter((from + n) * 60, '1'.repeat(60), f.STARTED_AT + 9 * DAY, attempt),
  );
const settling = (parts = desk.parts) => untilDone(() => settle(parts, duty('settle', f.RENTAL)));
const rental = async () => {
  const { state } = await desk.parts.act.load(rentalStream, f.RENTAL);
  if (state.status === 'absent') throw new Error('absent');
  return state;
};
const kinds = async () => (await rental()).rental.plans.map(({ planned }) => planned.kind);

describe('a rental longer than a day', () => {
  it('pays its operator for each whole day once it is metered, while it runs, and nobody else', async () => {
    await desk.tell(...hours(0, 23));
    expect(await settling()).toBe('done');
    expect(desk.chain.paid()).toEqual({});
    await desk.tell(...hours(23, 25));
    expect(await settling()).toBe('done');
    const first = { [f.OPERATOR_WALLET]: A_DAYS_PAYOUT + 5_548_000n };
    expect(desk.chain.paid()).toEqual(first);
    expect(await settling()).toBe('done');
    expect(desk.chain.paid()).toEqual(first);
    await desk.tell(...hours(25, 48));
    await settling();
    expect(desk.chain.paid()).toEqual({ [f.OPERATOR_WALLET]: 2n * A_DAYS_PAYOUT });
    expect(await kinds()).toEqual(['interim', 'interim']);
    expect(await rental()).toMatchObject({ status: 'running' });
  });

  it('pays the rest when it ends, and its buyer what was not used: to the last micro-USDC once', async () => {
    await desk.tell(...hours(0, 24));
    await settling();
    await desk.tell(...hours(24, 30), a.stop(f.STARTED_AT + 30 * HOUR), a.closeMeter);
    expect(await settling()).toBe('done');
    const charged = A_DAY + 6n * 5_840_000n;
    expect(desk.chain.paid()).toEqual({
      [f.OPERATOR_WALLET]: charged - charged / 20n,
      [f.BUYER_WALLET]: TOTAL - charged,
    });
    expect(await rental()).toMatchObject({ status: 'settled', totals: { chargedMicroUsdc: charged } });
    expect(await kinds()).toEqual(['interim', 'final']);
  });

  it('pays each operator that served it, also while another machine is looked for', async () => {
    await desk.tell(...hours(0, 12), c.interrupt(1, f.STARTED_AT + 12 * HOUR));
    await desk.tell(a.place(2, { operatorId: SECOND_OPERATOR }), c.resume(2, f.STARTED_AT + 12 * HOUR));
    await desk.tell(c.noteReturn(2, f.STARTED_AT + 12 * HOUR), ...hours(12, 24, 2));
    await desk.tell(c.interrupt(2, f.STARTED_AT + 24 * HOUR));
    expect(await settling()).toBe('done');
    expect(desk.chain.paid()).toEqual({
      [f.OPERATOR_WALLET]: A_DAYS_PAYOUT / 2n,
      [SECOND_WALLET]: A_DAYS_PAYOUT / 2n,
    });
    expect(await rental()).toMatchObject({ status: 'interrupted' });
  });

  it('pays to the wallet in force when it is planned', async () => {
    await desk.parts.wallets.change(f.OPERATOR, NEW_WALLET, NOW + 1);
    await desk.tell(...hours(0, 24));
    const later = { ...desk.parts, clock: { ...desk.parts.clock, now: () => NOW + 1 } };
    await settling(later);
    expect(desk.chain.paid()).toEqual({ [NEW_WALLET]: A_DAYS_PAYOUT });
  });

  it('asks again each hour for an operator that cannot be paid, and holds up nothing', async () => {
    desk.chain.problems.set(f.OPERATOR_WALLET, 'no_token_account');
    await desk.tell(...hours(0, 24));
    expect(await settling()).toEqual({ again: NOW + HOUR });
    desk.chain.problems.clear();
    expect(await settling()).toBe('done');
    expect(desk.chain.paid()).toEqual({ [f.OPERATOR_WALLET]: A_DAYS_PAYOUT });
  });
});

describe('a rental whose payment vanished under it', () => {
  it('costs its operator nothing: what was served is paid by the platform', async () => {
    desk = openDesk();
    await desk.parts.wallets.set(f.OPERATOR, f.OPERATOR_WALLET);
    await desk.tell(a.request(), a.pay(), a.place(), a.start(), c.vanish());
    const endedAt = f.STARTED_AT + 2 * MINUTE;
    await desk.tell(a.end('payment_vanished', endedAt), a.meter(0, '11', endedAt), a.closeMeter);
    expect(await settling()).toBe('done');
    expect(desk.chain.paid()).toEqual({ [f.OPERATOR_WALLET]: 184_933n });
    expect((await rental()).rental.plans[0]?.planned).toMatchObject({ shortfallMicroUsdc: 194_666n });
    expect(await rental()).toMatchObject({ status: 'settled' });
    // It lands after all: the books are closed, so it goes back whole, and the rental contradicts nothing.
    await desk.tell(a.pay(), a.finalize());
    expect(await settling()).toBe('done');
    expect(desk.chain.paid()).toEqual({ [f.OPERATOR_WALLET]: 184_933n, [f.BUYER_WALLET]: f.TOTAL });
    expect((await rental()).rental.halted).toBeNull();
    expect(desk.signals.alarms).toEqual([]);
  });
});

describe('a rental that is held still', () => {
  const stopped = [...hours(0, 1), a.stop(f.STARTED_AT + HOUR), a.closeMeter];

  it('is neither planned nor signed nor sent for, until it is released', async () => {
    await desk.tell(...stopped, c.halt);
    expect(await settling()).toBe('done');
    expect([desk.chain.signed, desk.chain.sent]).toEqual([[], []]);
    await desk.tell(c.release);
    expect(await settling()).toBe('done');
    expect(await rental()).toMatchObject({ status: 'settled' });
    expect(desk.signals.alarms).toEqual([]);
  });

  it('while its plan is on its way is asked about no more, and goes on where it was', async () => {
    desk.chain.lands = false;
    await desk.tell(...stopped);
    await settle(desk.parts, duty('settle', f.RENTAL));
    await desk.tell(c.halt);
    const { length } = desk.chain.sent;
    expect(await settling()).toBe('done');
    expect(desk.chain.sent).toHaveLength(length);
    desk.chain.lands = true;
    await desk.tell(c.release);
    expect(await settling()).toBe('done');
    expect(desk.chain.signed).toHaveLength(1);
    expect(await rental()).toMatchObject({ status: 'settled' });
  });

  it('is held by whoever finds that the chain contradicts its plan, that one alone', async () => {
    await desk.tell(...stopped);
    let looks = 0;
    const { outcome } = desk.chain;
    // Confirmed, and then gone: one of the two cannot be.
    desk.chain.outcome = async () => {
      looks += 1;
      if (looks > 1) return { kind: 'expired', finalizedBlockHeight: 9_999 };
      return { kind: 'confirmed', slot: 7, blockTime: NOW };
    };
    expect(await settling()).toBe('done');
    expect(desk.signals.alarms).toEqual(['settlement_contradicted', 'rental_halted']);
    const evidence = expect.stringContaining('plan_state') as string;
    expect((await rental()).rental.halted).toMatchObject({ invariant: 'I6', evidence });
    desk.chain.outcome = outcome;
    await desk.tell(c.release);
    expect(await settling()).toBe('done');
    expect(await rental()).toMatchObject({ status: 'settled' });
  });

  it('is held where more is promised than due', async () => {
    await desk.tell(...stopped);
    const act: typeof desk.parts.act = { ...desk.parts.act };
    const overplanned = { code: 'overplanned', context: { role: 'operator', to: f.OPERATOR_WALLET } };
    act.handle = async (kind, id, command, cause) => {
      const { type } = command(NOW) as { type: string };
      const handled = await desk.parts.act.handle(kind, id, command, cause);
      return type === 'PlanSettlement' ? { ...handled, kind: 'rejected', rejection: overplanned } : handled;
    };
    expect(await settle({ ...desk.parts, act }, duty('settle', f.RENTAL))).toBe('done');
    expect((await rental()).rental.halted).toMatchObject({ invariant: 'I1' });
    expect(desk.signals.alarms).toEqual(['rental_halted']);
  });
});
