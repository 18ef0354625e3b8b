/** What becomes of a payment after it was seen: final, vanished, there again, or nobody can tell. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import { MINUTE } from '@tokenos/domain/time';
import { address } from '@tokenos/testing/generators/names';
import * as a from '@tokenos/testing/generators/sample-commands';
import * as f from '@tokenos/testing/generators/sample-facts';
import type { PaymentTrace } from '../chain/port.js';
import { PAUSE } from '../pace.js';
import { duty, NOW, openDesk, type Desk } from '../testing/desk.js';
import { incoming } from '../testing/transfer.js';
import { accept } from './accept.js';
import { finality } from './after.js';

const { signature } = f.payment();
let desk: Desk;
beforeEach(() => {
  desk = openDesk();
});

const following = () => finality(desk.parts, duty('finality', signature, { rentalId: f.RENTAL }));
const chainSays = (trace: PaymentTrace) => desk.chain.traces.set(signature, trace);
const inRental = () => desk.typesOf(`rental-${f.RENTAL}`);
const rental = async () => (await desk.parts.act.load(rentalStream, f.RENTAL)).state;

describe('a payment', () => {
  it('is final when the chain says so, once', async () => {
    await desk.tell(a.request(), a.pay());
    chainSays({ kind: 'on_its_way' });
    expect(await following()).toEqual({ again: NOW + PAUSE.finality });
    chainSays({ kind: 'finalized' });
    expect(await following()).toBe('done');
    expect(await following()).toBe('done');
    expect(await inRental()).toEqual(['RentalRequested', 'PaymentReceived', 'PaymentFinalized']);
    expect(desk.signals.alarms).toEqual([]);
  });

  it.each<PaymentTrace>([{ kind: 'gone' }, { kind: 'failed' }])(
    'of which the final chain says "$kind" has vanished, once, and aloud',
    async (trace) => {
      await desk.tell(a.request(), a.pay());
      chainSays(trace);
      expect(await following()).toBe('done');
      expect(await following()).toBe('done');
      expect(await inRental()).toEqual(['RentalRequested', 'PaymentReceived', 'PaymentVanished']);
      expect(desk.signals.alarms).toEqual(['payment_vanished']);
    },
  );

  it.each<PaymentTrace>([
    { kind: 'history_gone', firstSlot: 9_000 },
    { kind: 'other_chain', genesisHash: address('Another') },
  ])('of which nobody can tell ("$kind") never vanishes, and a person must look', async (trace) => {
    await desk.tell(a.request(), a.pay());
    chainSays(trace);
    expect(await following()).toEqual({ again: NOW + PAUSE.stuck });
    expect(desk.signals.alarms).toEqual(['payment_not_final']);
    expect((await inRental()).at(-1)).toBe('PaymentReceived');
  });

  it('that takes five minutes to become final is alarmed, and waited for', async () => {
    await desk.tell(a.request(), a.pay(1, { blockTime: NOW - 5 * MINUTE }));
    chainSays({ kind: 'on_its_way' });
    expect(await following()).toEqual({ again: NOW + PAUSE.stuck });
    expect(desk.signals.alarms).toEqual(['payment_not_final']);
  });

  it('that vanished and lands again is credited again, once, and can become final then', async () => {
    await desk.parts.quotes.open({
      ...{ rentalId: f.RENTAL, reference: f.instructions.reference, totalMicroUsdc: f.TOTAL },
      expiresAt: null,
    });
    await desk.tell(a.request());
    const landed = incoming();
    await accept(desk.parts, landed);
    chainSays({ kind: 'gone' });
    await following();
    const again = { ...landed, slot: landed.slot + 300 };
    await accept(desk.parts, again);
    await accept(desk.parts, again);
    chainSays({ kind: 'finalized' });
    expect(await following()).toBe('done');
    const payment = ['PaymentReceived', 'PaymentVanished', 'PaymentReceived', 'PaymentFinalized'];
    expect(await inRental()).toEqual(['RentalRequested', ...payment]);
    const state = await rental();
    if (state.status !== 'paid') throw new Error(state.status);
    expect(state.rental.payments).toMatchObject([{ signature, vanished: false, finalized: true }]);
  });
});
