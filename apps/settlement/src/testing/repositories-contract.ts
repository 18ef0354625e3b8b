/** What settlement's repositories promise, as tests that run on each adapter. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { operatorStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { address, uuid } from '@tokenos/testing/generators/names';
import * as f from '@tokenos/testing/generators/sample-facts';
import type { Repositories, ScanName } from '../repositories/port.js';
import { foldFact } from '../view/view.js';

const OTHER = uuid('a', 2);
const { reference } = f.instructions;
const sample = { rentalId: f.RENTAL, reference, totalMicroUsdc: f.TOTAL };
const nothing = { references: [], memo: null, amount: 0n };

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
      await kept.quotes.open({ rentalId: OTHER, reference: address('Two'), totalMicroUsdc: usdc(7n) });
      expect(await kept.quotes.meantBy({ ...nothing, amount: f.TOTAL })).toEqual([{ ...sample, open: true }]);
      expect(await meant({ references: [address('Unknown'), reference] })).toEqual([f.RENTAL]);
      expect(await meant({ memo: f.RENTAL })).toEqual([f.RENTAL]);
      expect(await meant({ memo: OTHER, references: [reference] })).toEqual([f.RENTAL, OTHER]);
      expect(await meant({ memo: OTHER, amount: 7n })).toEqual([OTHER]);
      await kept.quotes.close(f.RENTAL);
      expect(await meant({ amount: f.TOTAL })).toEqual([]);
      expect(await kept.quotes.meantBy({ ...nothing, memo: f.RENTAL })).toEqual([{ ...sample, open: false }]);
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
      expect(await kept.quotes.meantBy({ ...nothing, memo: f.RENTAL })).toEqual([{ ...sample, open: true }]);
      await told(rentalStream, f.RENTAL, f.placed());
      expect(await meant({ amount: f.TOTAL })).toEqual([f.RENTAL]);
      await told(rentalStream, f.RENTAL, fact);
      expect(await meant({ amount: f.TOTAL })).toEqual([]);
    });

    it('is the wallets of operators', async () => {
      const operator = { operatorId: f.OPERATOR, wallet: f.OPERATOR_WALLET };
      await told(operatorStream, f.OPERATOR, { type: 'OperatorRegistered', data: operator });
      await kept.wallets.set(OTHER, address('Else'));
      expect(await kept.wallets.of([])).toEqual({});
      expect(await kept.wallets.of([f.OPERATOR, 'unheard'])).toEqual({ [f.OPERATOR]: f.OPERATOR_WALLET });
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
