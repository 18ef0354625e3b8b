/** Dying at any step of taking money in: it is credited once, final once, or gone once, and makes a rental longer once. */

import { MINUTE } from '@tokenos/domain/time';
import { signature } from '@tokenos/testing/generators/names';
import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import * as f from '@tokenos/testing/generators/sample-facts';
import { duty, openDesk, type Desk } from '../testing/desk.js';
import { Died, mortal, type When } from '../testing/mortal.js';
import { incoming } from '../testing/transfer.js';
import type { Parts } from '../parts.js';
import { finality } from './after.js';
import { scan } from './watch.js';

const { reference, totalMicroUsdc: amount, expiresAt, extensionId } = c.extension;
const running = [a.request(), a.pay(), a.place(), a.start(), c.quoteExtension()];

/** Bought more minutes, and the scan finds it. */
async function extending(): Promise<Desk> {
  const desk = openDesk();
  await desk.tell(...running);
  await desk.parts.quotes.open({ rentalId: f.RENTAL, extensionId, reference, totalMicroUsdc: amount, expiresAt });
  const payers = [{ wallet: f.BUYER_WALLET, amount }];
  desk.chain.transfers.push(incoming({ signature: signature('Pay2'), references: [reference], amount, payers }));
  return desk;
}

const followed = (kind: 'finalized' | 'gone') => async (): Promise<Desk> => {
  const desk = openDesk();
  await desk.tell(...running);
  desk.chain.traces.set(f.payment().signature, { kind });
  return desk;
};
const follow = (parts: Parts) => finality(parts, duty('finality', f.payment().signature, { rentalId: f.RENTAL }));

const before = ['RentalRequested', 'PaymentReceived', 'RentalPlaced', 'RentalStarted', 'ExtensionQuoted'];
const cases = [
  { what: 'an extension', open: extending, run: scan, becomes: ['PaymentReceived', 'RentalExtended'] },
  { what: 'a payment that is final', open: followed('finalized'), run: follow, becomes: ['PaymentFinalized'] },
  { what: 'a payment that vanished', open: followed('gone'), run: follow, becomes: ['PaymentVanished'] },
];
/** More steps than any of them takes. */
const STEPS = 20;

describe.each(cases)('$what', ({ open, run, becomes }) => {
  it.each<When>(['before', 'after'])('is written down once if settlement dies %s any of its steps', async (when) => {
    let survived = 0;
    for (let step = 1; step <= STEPS; step++) {
      const desk = await open();
      const end = await run(mortal(desk.parts, step, when)).catch((error: unknown) => error);
      if (end instanceof Died) await run(desk.parts);
      else survived += 1;
      await run(desk.parts);
      expect(await desk.typesOf(`rental-${f.RENTAL}`)).toEqual([...before, ...becomes]);
    }
    expect(survived).toBeGreaterThan(0);
    expect(survived).toBeLessThan(STEPS - 2);
  });
});

it('an extension that is paid is half an hour', async () => {
  const desk = await extending();
  await scan(desk.parts);
  const extended = (await desk.envelopes()).at(-1)?.data;
  expect(extended).toMatchObject({ endsAt: new Date(f.ENDS_AT + 30 * MINUTE).toISOString() });
});
