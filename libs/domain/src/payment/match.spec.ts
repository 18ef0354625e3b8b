/** Matching a transfer to a request: by reference, memo or exact amount, and never by a guess. */

import fc from 'fast-check';
import { usdc } from '../money.js';
import { match, type IncomingTransfer, type KnownQuote } from './match.js';

const MINT = 'usdc';
const known = (n: number, change: Partial<KnownQuote> = {}): KnownQuote => ({
  rentalId: `rental-${n}`,
  reference: `ref-${n}`,
  totalMicroUsdc: usdc(BigInt(1_000 + n)),
  open: true,
  ...change,
});
const transfer = (change: Partial<IncomingTransfer> = {}): IncomingTransfer => ({
  mint: MINT,
  amount: 7n,
  payers: [{ wallet: 'w', amount: 7n }],
  references: [],
  memo: null,
  ...change,
});
const quotes = [known(1), known(2), known(3, { open: false })];
const nobody = (why: string) => ({ assignedTo: null, why });
const to = (n: number) => ({ assignedTo: `rental-${n}`, why: null });

describe('a transfer', () => {
  it.each([
    ['its reference, whatever the amount', transfer({ references: ['x', 'ref-2'] }), to(2)],
    ['its reference, though the quote is closed', transfer({ references: ['ref-3'] }), to(3)],
    ['its memo', transfer({ memo: 'rental-1' }), to(1)],
    ['its reference before its memo', transfer({ references: ['ref-1'], memo: 'rental-2' }), to(1)],
    ['its exact amount', transfer({ amount: 1_002n }), to(2)],
    ['nothing, a micro-USDC off', transfer({ amount: 1_004n }), nobody('unknown_reference')],
    ['nothing, by the amount of a closed quote', transfer({ amount: 1_003n }), nobody('unknown_reference')],
    ['nothing, with two references', transfer({ references: ['ref-1', 'ref-2'] }), nobody('ambiguous')],
    ['nothing, in another mint', transfer({ mint: 'usdt', references: ['ref-1'] }), nobody('wrong_mint')],
    ['nothing, from nobody', transfer({ payers: [], references: ['ref-1'] }), nobody('several_payers')],
  ])('is matched by %s', (_, incoming, expected) => {
    expect(match(incoming, MINT, quotes)).toEqual(expected);
  });

  it('of an amount that two open quotes share belongs to neither', () => {
    const twins = [known(1), known(2, { totalMicroUsdc: known(1).totalMicroUsdc })];
    expect(match(transfer({ amount: 1_001n }), MINT, twins)).toEqual(nobody('ambiguous'));
  });

  it.each([
    ['an extension, by its reference', transfer({ references: ['more'] }), { ...to(1), extensionId: 'x' }],
    ['an extension, by its amount', transfer({ amount: 55n }), { ...to(1), extensionId: 'x' }],
    [
      'an extension, by its memo and its amount',
      transfer({ memo: 'rental-1', amount: 55n }),
      { ...to(1), extensionId: 'x' },
    ],
    ['the request, by its memo and any other amount', transfer({ memo: 'rental-1', amount: 56n }), to(1)],
    ['nobody, by an amount that two ask for', transfer({ amount: 1_002n }), nobody('ambiguous')],
  ])('pays %s', (_, incoming, expected) => {
    const more = known(1, { extensionId: 'x', reference: 'more', totalMicroUsdc: usdc(55n) });
    const other = known(1, { extensionId: 'y', reference: 'other', totalMicroUsdc: usdc(1_002n) });
    expect(match(incoming, MINT, [...quotes, more, other])).toEqual(expected);
  });

  it('is never guessed: who it is assigned to is the only one its strongest sign names', () => {
    const small = fc.integer({ min: 0, max: 3 });
    const anyQuotes = fc.uniqueArray(
      fc.record({ rentalId: small, reference: small, amount: small, open: fc.boolean() }),
      { selector: (quote) => quote.rentalId, maxLength: 4 },
    );
    const anyTransfer = fc.record({
      mint: fc.constantFrom(MINT, 'usdt'),
      amount: small.map(BigInt),
      payers: fc.array(fc.constant({ wallet: 'w', amount: 1n }), { maxLength: 2 }),
      references: fc.array(small.map(String), { maxLength: 2 }),
      memo: fc.option(small.map(String)),
    });
    fc.assert(
      fc.property(anyQuotes, anyTransfer, (raw, incoming) => {
        const all = raw.map(({ rentalId, reference, amount, open }) => ({
          rentalId: String(rentalId),
          reference: String(reference),
          totalMicroUsdc: usdc(BigInt(amount)),
          open,
        }));
        const signs = [
          all.filter((quote) => incoming.references.includes(quote.reference)),
          all.filter((quote) => quote.rentalId === incoming.memo),
          all.filter((quote) => quote.open && quote.totalMicroUsdc === incoming.amount),
        ];
        const strongest = signs.find((sign) => sign.length > 0) ?? [];
        const clear = incoming.mint === MINT && incoming.payers.length === 1 && strongest.length === 1;
        expect(match(incoming, MINT, all).assignedTo).toBe(clear ? strongest[0]?.rentalId : null);
        expect(match(incoming, MINT, [...all].reverse())).toEqual(match(incoming, MINT, all));
      }),
    );
  });
});
