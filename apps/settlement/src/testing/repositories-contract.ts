/** What settlement's repositories promise, as tests that run on each adapter. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { operatorStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { address, uuid } from '@tokenos/testing/generators/names';
import { extension, extensionQuoted } from '@tokenos/testing/generators/sample-course';
import * as f from '@tokenos/testing/generators/sample-facts';
import type { Repositories, ScanName } from '../repositories/port.js';
import { foldFact } from '../view/view.js';

const OTHER = uuid('a', 2);
const { reference } = f.instructions;
const known = { rentalId: f.RENTAL, reference, totalMicroUsdc: f.TOTAL };
const sample = { ...known, expiresAt: null };
const nothing = { references: [], memo: null, amount: 0n, blockTime: f.T0 };

/** `open` gives empty repositories. */
export function repositoriesContract(name: string, open: () => Promise<Repositories>): void {
  describe(`what settlement keeps in ${name}`, () => {
    let kept: Repositories;
    beforeEach(async () => {
      kept = await open();
    });
    const told = <State, Command, const Fact>(kind: StreamKind<State, Command, Fact>, id: string, fact: Fact) => {
      const origin = { at: new Date(f.T0).toISOString(), by: 'spec', correlationId: 'spec', causationId: 'spec' };
      const envelope = { id: uuid('f', 1), stream: `${kind.category}-${id}`, ...kind.encode(fact), ...origin };
      return foldFact(kept, seal(null, envelope));
    };
    const meant = async (change: Partial<Parameters<Repositories['quotes']['meantBy']>[0]>) => {
      const found = await kept.quotes.meantBy({ ...nothing, ...change });
      return found.map(({ rentalId }) => rentalId).sort();
    };

    it('is quotes, each found by its reference, by its rental, and by its amount while it is open', async () => {
      await kept.quotes.open(sample);
      await kept.quotes.open({ ...sample, rentalId: OTHER, reference: address('Two'), totalMicroUsdc: usdc(7n) });
      expect(await kept.quotes.meantBy({ ...nothing, amount: f.TOTAL })).toEqual([{ ...known, open: true }]);
      expect(await meant({ references: [address('Unknown'), reference] })).toEqual([f.RENTAL]);
      expect(await meant({ memo: f.RENTAL })).toEqual([f.RENTAL]);
      expect(await meant({ memo: OTHER, references: [reference] })).toEqual([f.RENTAL, OTHER]);
      expect(await meant({ memo: OTHER, amount: 7n })).toEqual([OTHER]);
      await kept.quotes.close(f.RENTAL);
      expect(await meant({ amount: f.TOTAL })).toEqual([]);
      expect(await kept.quotes.meantBy({ ...nothing, memo: f.RENTAL })).toEqual([{ ...known, open: false }]);
    });

    it('is not troubled by what anybody may write into a memo', async () => {
      await kept.quotes.open(sample);
      for (const memo of ['', '\u0000', "'; drop table quotes --", 'x'.repeat(500)]) {
        expect(await meant({ memo })).toEqual([]);
      }
      await kept.quotes.close('a rental it has not heard of');
      expect(await meant({ amount: f.TOTAL })).toEqual([f.RENTAL]);
    });

    const endings: readonly RentalFact[] = [f.received(), f.expired, f.ended('buyer_stopped', f.T0)];
    it.each(endings)('is open from the request to $type', async (fact) => {
      await told(rentalStream, f.RENTAL, f.requested);
      expect(await kept.quotes.meantBy({ ...nothing, memo: f.RENTAL })).toEqual([{ ...known, open: true }]);
      await told(rentalStream, f.RENTAL, f.placed());
      expect(await meant({ amount: f.TOTAL })).toEqual([f.RENTAL]);
      await told(rentalStream, f.RENTAL, fact);
      expect(await meant({ amount: f.TOTAL })).toEqual([]);
    });

    describe('of an extension', () => {
      const { extensionId, totalMicroUsdc: amount, expiresAt } = extension;
      const quoted = { rentalId: f.RENTAL, extensionId, reference: extension.reference, totalMicroUsdc: amount };
      const inTime = { ...nothing, blockTime: expiresAt };
      beforeEach(async () => {
        for (const fact of [f.requested, f.received(), extensionQuoted]) await told(rentalStream, f.RENTAL, fact);
      });

      it('is another quote, with a reference and an amount of its own', async () => {
        expect(await kept.quotes.meantBy({ ...inTime, amount })).toEqual([{ ...quoted, open: true }]);
        expect(await kept.quotes.meantBy({ ...inTime, references: [extension.reference] })).toHaveLength(1);
        const named = await kept.quotes.meantBy({ ...inTime, memo: f.RENTAL });
        expect(named).toEqual(
          expect.arrayContaining([
            { ...known, open: false },
            { ...quoted, open: true },
          ]),
        );
        expect(named).toHaveLength(2);
      });

      it('is not known by its amount any more once its time has passed', async () => {
        const late = { ...nothing, blockTime: expiresAt + 1 };
        expect(await kept.quotes.meantBy({ ...late, amount })).toEqual([]);
        const named = await kept.quotes.meantBy({ ...late, references: [extension.reference] });
        expect(named).toEqual([{ ...quoted, open: false }]);
      });

      it.each([f.received(2, { extensionId }), f.ended('buyer_stopped', f.T0)])('is open until $type', async (fact) => {
        await told(rentalStream, f.RENTAL, f.received(3));
        expect(await kept.quotes.meantBy({ ...inTime, amount })).toHaveLength(1);
        await told(rentalStream, f.RENTAL, fact);
        expect(await kept.quotes.meantBy({ ...inTime, amount })).toEqual([]);
      });
    });

    it('is the wallets of operators, each change from its time on', async () => {
      const operator = { operatorId: f.OPERATOR, wallet: f.OPERATOR_WALLET };
      await told(operatorStream, f.OPERATOR, { type: 'OperatorRegistered', data: operator });
      await kept.wallets.set(OTHER, address('Else'));
      expect(await kept.wallets.at(f.T0, [])).toEqual({});
      const walletAt = async (at: number) => (await kept.wallets.at(at, [f.OPERATOR, 'unheard']))[f.OPERATOR];
      expect(await walletAt(f.T0)).toBe(f.OPERATOR_WALLET);
      const changed = (n: string, effectiveAt: number) =>
        told(operatorStream, f.OPERATOR, {
          type: 'OperatorWalletChanged',
          data: { wallet: address(n), effectiveAt },
        });
      await changed('Second', f.T0);
      expect(await walletAt(f.T0 - 1)).toBe(f.OPERATOR_WALLET);
      expect(await walletAt(f.T0)).toBe(address('Second'));
      await changed('Third', f.T0 + 9);
      expect(await walletAt(f.T0 + 8)).toBe(address('Second'));
      expect(await walletAt(f.T0 + 9)).toBe(address('Third'));
      expect(await kept.wallets.at(f.T0, [OTHER])).toEqual({ [OTHER]: address('Else') });
      await kept.wallets.change('unheard', address('Else'), f.T0);
      expect(await kept.wallets.at(f.T0, ['unheard'])).toEqual({});
    });

    it('is how far each scan came', async () => {
      const cursor = (until: string) => ({
        genesisHash: f.GENESIS,
        accounts: { [address('Acc')]: { until, seen: ['one'], balance: '7' } },
      });
      const state = async (scan: ScanName) => [await kept.scans.cursor(scan), await kept.scans.finalizedThrough(scan)];
      expect(await state('treasury')).toEqual([null, null]);
      await kept.scans.keep('treasury', cursor('a'), 5);
      await kept.scans.keep('foreign', cursor('b'), null);
      expect(await state('treasury')).toEqual([cursor('a'), 5]);
      await kept.scans.keep('treasury', cursor('c'), null);
      expect(await state('treasury')).toEqual([cursor('c'), null]);
      expect(await state('foreign')).toEqual([cursor('b'), null]);
    });
  });
}
