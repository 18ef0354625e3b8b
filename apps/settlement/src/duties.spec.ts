/** Single duties in memory, with a scripted chain: what they decide where the view lags, the chain is slow, or nothing fits. */

import { paymentStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import { HOUR, MINUTE, SECOND } from '@tokenos/domain/time';
import { address, signature } from '@tokenos/testing/generators/names';
import * as a from '@tokenos/testing/generators/sample-commands';
import * as f from '@tokenos/testing/generators/sample-facts';
import { expire } from './incoming/after.js';
import { accept } from './incoming/accept.js';
import { look, scan, scanForeign } from './incoming/watch.js';
import { settle } from './outgoing/settle.js';
import { PAUSE } from './pace.js';
import { duty, NOW, openDesk, untilDone, type Desk } from './testing/desk.js';
import { incoming } from './testing/transfer.js';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
});

const quote = (change: { rentalId?: string; reference?: string } = {}) =>
  desk.parts.quotes.open({
    ...{ rentalId: f.RENTAL, reference: f.instructions.reference, totalMicroUsdc: f.TOTAL, expiresAt: null },
    ...change,
  });
const scannedThrough = () => desk.parts.scans.finalizedThrough('treasury');

const seen = async () => (await desk.parts.act.load(paymentStream, incoming().signature)).state;
const rental = async () => (await desk.parts.act.load(rentalStream, f.RENTAL)).state;
const inRental = () => desk.typesOf(`rental-${f.RENTAL}`);

describe('a transfer', () => {
  /** The view as it is before it has heard of the request, and what catching up with the store adds to it. */
  const behind = (catchUp: () => Promise<unknown>) => ({
    ...desk.parts,
    catchUp: async () => {
      await catchUp();
    },
  });

  it('credits the rental it names, once, also when it is found twice at once', async () => {
    await desk.tell(a.request());
    await quote();
    await Promise.all([accept(desk.parts, incoming()), accept(desk.parts, incoming())]);
    expect(await inRental()).toEqual(['RentalRequested', 'PaymentReceived']);
    expect(await rental()).toMatchObject({ status: 'paid' });
  });

  it('that names a request the view has not heard of waits until the view has all', async () => {
    await desk.tell(a.request());
    await accept(behind(quote), incoming());
    expect(await rental()).toMatchObject({ status: 'paid' });
  });

  it('known by its amount alone is given to nobody where a newer request asks for the same', async () => {
    await desk.tell(a.request());
    await quote();
    const other = { rentalId: 'another', reference: address('Other') };
    await accept(
      behind(() => quote(other)),
      incoming({ references: [] }),
    );
    expect(await seen()).toMatchObject({ status: 'unmatched', seen: { why: 'ambiguous' } });
    expect(await inRental()).toEqual(['RentalRequested']);
  });

  it('is credited after a crash between seeing and crediting it', async () => {
    await desk.tell(a.request());
    await quote();
    const act = { ...desk.parts.act, handle: desk.parts.act.handle };
    act.handle = async (kind, id, command, cause) => {
      if (kind.category === 'rental') throw new Error('killed');
      return desk.parts.act.handle(kind, id, command, cause);
    };
    await expect(accept({ ...desk.parts, act }, incoming())).rejects.toThrow('killed');
    expect(await inRental()).toEqual(['RentalRequested']);
    await accept(desk.parts, incoming());
    expect(await inRental()).toEqual(['RentalRequested', 'PaymentReceived']);
  });

  it('to a rental that does not exist is kept, and alarmed', async () => {
    await quote();
    await accept(desk.parts, incoming());
    expect(desk.signals.alarms).toEqual(['payment_not_credited']);
    expect(await seen()).toMatchObject({ status: 'assigned' });
  });

  it('keeps whatever its memo says', async () => {
    await accept(desk.parts, incoming({ references: [], memo: '\u0000 ; drop table quotes' }));
    expect(await seen()).toMatchObject({ status: 'unmatched', seen: { why: 'unknown_reference' } });
  });
});

describe('a scan', () => {
  it('does not pass what it could not write down', async () => {
    desk.chain.transfers.push(incoming());
    const act = { ...desk.parts.act, handle: () => Promise.reject(new Error('no database')) };
    await expect(scan({ ...desk.parts, act })).rejects.toThrow('no database');
    expect(await scannedThrough()).toBeNull();
    expect(await scan(desk.parts)).toEqual({ again: NOW + 10 * SECOND });
    expect(await seen()).toMatchObject({ status: 'unmatched' });
    expect(await scannedThrough()).toBe(desk.chain.finalizedThrough);
  });

  it('that had to stop goes on soon, and says of no time that all was found', async () => {
    desk.chain.finalizedThrough = null;
    expect(await scan(desk.parts)).toEqual({ again: NOW + 500 });
    expect(await scannedThrough()).toBeNull();
  });
});

describe('a scan for other tokens', () => {
  const foreignMarks = async () => (await desk.parts.scans.cursor('foreign'))?.accounts;

  it('passes over what it cannot read or write down, and comes back to that alone', async () => {
    const [bad, good] = [address('Bad'), address('Good')];
    const broken = incoming({ signature: signature('Pay2'), destination: bad, refusal: 'wrong_mint' });
    desk.chain.foreigners.push(broken, incoming({ destination: good, refusal: 'wrong_mint' }));
    desk.chain.unreadable.push(address('Odd'));
    const act = { ...desk.parts.act };
    act.handle = async (kind, id, command, cause) => {
      if (id === broken.signature) throw new Error('cannot be written');
      return desk.parts.act.handle(kind, id, command, cause);
    };
    expect(await scanForeign({ ...desk.parts, act })).toEqual({ again: NOW + 10 * SECOND });
    expect(desk.signals.alarms).toEqual(['foreign_scan_failed', 'foreign_scan_failed']);
    expect(await seen()).toMatchObject({ status: 'unmatched', seen: { why: 'wrong_mint' } });
    expect(await foreignMarks()).toMatchObject({ [bad]: { until: null }, [good]: { until: 'read' } });
  });

  it('keeps no part of the other one: neither its place nor its word on how far all was found', async () => {
    desk.chain.foreign = () => Promise.reject(new Error('no answer'));
    await expect(scanForeign(desk.parts)).rejects.toThrow('no answer');
    expect(await scannedThrough()).toBeNull();
    await scan(desk.parts);
    expect(await scannedThrough()).toBe(desk.chain.finalizedThrough);
  });
});

describe('a hint', () => {
  it('of something not confirmed yet is followed for a minute, and no longer', async () => {
    const looking = (hintedAt: number) => look(desk.parts, duty('look', incoming().signature, { hintedAt }));
    expect(await looking(NOW - MINUTE)).toEqual({ again: NOW + 200 });
    expect(await looking(NOW - MINUTE - 1)).toBe('done');
    desk.chain.transfers.push(incoming());
    expect(await looking(NOW - MINUTE)).toBe('done');
    expect(await seen()).toMatchObject({ status: 'unmatched' });
  });
});

describe('a request', () => {
  const through = (finalized: number) => {
    desk.chain.finalizedThrough = finalized;
    return scan(desk.parts);
  };
  const expiring = () => expire(desk.parts, duty('expire', f.RENTAL));

  it('expires only when the finalized scan is beyond its expiry', async () => {
    await desk.tell(a.request());
    const later = { again: NOW + 5 * SECOND };
    expect(await expiring()).toEqual(later);
    await through(f.quote.expiresAt);
    expect(await expiring()).toEqual(later);
    await through(f.quote.expiresAt + 1);
    expect(await expiring()).toBe('done');
    expect(await inRental()).toEqual(['RentalRequested', 'RequestExpired']);
  });

  it('paid in time and found in the very scan that passes its expiry does not expire', async () => {
    await desk.tell(a.request());
    await quote();
    desk.chain.transfers.push(incoming({ blockTime: f.quote.expiresAt }));
    await through(f.quote.expiresAt + HOUR);
    expect(await expiring()).toBe('done');
    expect(await rental()).toMatchObject({ status: 'paid' });
  });
});

describe('a rental that was used', () => {
  const settling = () => settle(desk.parts, duty('settle', f.RENTAL));
  const register = (wallet = f.OPERATOR_WALLET) => desk.parts.wallets.set(f.OPERATOR, wallet);

  beforeEach(async () => {
    await desk.tell(a.request(), a.pay(), a.place(), a.start(), a.stop(f.STARTED_AT + 90 * SECOND));
  });

  it('waits for its payment to be final and its meter to be closed, and is brought back by their facts', async () => {
    await register();
    expect(await settling()).toBe('done');
    await desk.tell(a.finalize());
    expect(await settling()).toBe('done');
    expect(desk.signals.alarms).toEqual([]);
    expect((await inRental()).at(-1)).toBe('PaymentFinalized');
  });

  describe('and is to be settled', () => {
    beforeEach(async () => {
      const at = f.STARTED_AT + 90 * SECOND;
      await desk.tell(a.finalize(), { ...a.meter(0, '1'), at }, { type: 'CloseMeter' });
    });

    it('waits for the operator that the view has not heard of', async () => {
      expect(await settling()).toEqual({ again: NOW + PAUSE.finality });
      expect(desk.signals.alarms).toEqual(['settlement_impossible']);
      await register();
      expect(await untilDone(settling)).toBe('done');
      expect(await rental()).toMatchObject({ status: 'settled' });
    });

    it('pays the buyer though the operator cannot be paid, asks each hour, and closes when everyone is', async () => {
      await register();
      desk.chain.problems.set(f.OPERATOR_WALLET, 'no_token_account');
      expect(await untilDone(settling, 5)).toEqual({ again: NOW + HOUR });
      expect(desk.chain.paid()).toEqual({ [f.BUYER_WALLET]: f.TOTAL - 97_333n });
      expect(await rental()).toMatchObject({ status: 'ended' });
      desk.chain.problems.clear();
      expect(await untilDone(settling)).toBe('done');
      expect(desk.chain.paid()).toMatchObject({ [f.OPERATOR_WALLET]: 92_467n });
      expect(await rental()).toMatchObject({ status: 'settled', totals: { feeMicroUsdc: 4_866n } });
    });

    it('pays the buyer though the wallet of the operator is no key, and never signs for it', async () => {
      const absurd = 'z'.repeat(44);
      await register(absurd);
      desk.chain.problems.set(absurd, 'invalid_wallet');
      expect(await untilDone(settling, 5)).toEqual({ again: NOW + HOUR });
      expect(desk.chain.paid()).toEqual({ [f.BUYER_WALLET]: f.TOTAL - 97_333n });
      expect(desk.chain.signed.flatMap(({ plan }) => plan.transfers)).not.toContainEqual(
        expect.objectContaining({ to: absurd }),
      );
      expect(desk.signals.alarms).toContain('payee_parked');
    });

    it('asks each hour for a payee that cannot be paid back a late payment either', async () => {
      await register();
      expect(await untilDone(settling)).toBe('done');
      await desk.tell(a.pay(2, { payer: f.FRIEND_WALLET, amountMicroUsdc: usdc(5n) }), a.finalize(2));
      desk.chain.problems.set(f.FRIEND_WALLET, 'frozen');
      expect(await settling()).toEqual({ again: NOW + HOUR });
      desk.chain.problems.clear();
      expect(await untilDone(settling)).toBe('done');
      expect(desk.chain.paid()).toMatchObject({ [f.FRIEND_WALLET]: 5n });
    });
  });
});
