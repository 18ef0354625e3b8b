/** decode(encode(fact)) = fact, for every fact that random histories bring about, through real JSON text. */

import { scripts } from '@tokenos/testing/generators/scripts';
import { historyOf } from '@tokenos/testing/histories/history';
import fc from 'fast-check';
import { usdc } from '@tokenos/domain/money';
import { canonical } from '../envelope/canonical.js';
import { categoryOf } from '../envelope/envelope.js';
import { rentalFacts } from './rental.js';
import { nodeStream, operatorStream, paymentStream, rentalStream, type StoredFact } from './streams.js';

const reread: Readonly<Record<string, (stored: StoredFact) => StoredFact>> = {
  rental: (stored) => rentalStream.encode(rentalStream.decode(stored)),
  payment: (stored) => paymentStream.encode(paymentStream.decode(stored)),
  node: (stored) => nodeStream.encode(nodeStream.decode(stored)),
  operator: (stored) => operatorStream.encode(operatorStream.decode(stored)),
};

describe('facts of random histories', () => {
  it('survive the wire, and the histories bring about every fact there is', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(scripts(160), (script) => {
        const history = historyOf(script, { finished: true });
        for (const told of [...history.rentals.values()].flat()) {
          for (const fact of told.outcome.kind === 'accepted' ? told.outcome.facts : []) {
            const wire = JSON.parse(JSON.stringify(rentalStream.encode(fact))) as StoredFact;
            expect(rentalStream.decode(wire)).toEqual(fact);
            met.add(wire.type);
          }
        }
        const lost = history.envelopes.filter(({ stream, type, data }) => {
          const again = reread[categoryOf(stream)]?.({ type, data });
          return canonical(again) !== canonical({ type, data });
        });
        expect(lost).toEqual([]);
      }),
      { numRuns: 60, seed: 20_261_123 },
    );
    expect([...met].sort()).toEqual(Object.keys(rentalFacts).sort());
  });

  it('carry any amount and any instant exactly', () => {
    const anyAmount = fc.bigInt({ min: 0n, max: 10n ** 31n - 1n }).map(usdc);
    const anyInstant = fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59.999Z') });
    const base = { signature: '1'.repeat(88), payer: '1'.repeat(44), genesisHash: '1'.repeat(44) };
    fc.assert(
      fc.property(anyAmount, anyInstant, fc.maxSafeNat(), (amountMicroUsdc, blockTime, slot) => {
        const fact = { type: 'PaymentReceived', data: { ...base, amountMicroUsdc, blockTime, slot } } as const;
        expect(rentalStream.decode(rentalStream.encode(fact))).toEqual(fact);
      }),
    );
  });

  it('are refused on the way out where they could not come back', () => {
    const base = { signature: '1'.repeat(88), payer: '1'.repeat(44), genesisHash: '1'.repeat(44), slot: 1 };
    const encode = (amountMicroUsdc: bigint, blockTime: number) => () =>
      rentalStream.encode({
        type: 'PaymentReceived',
        data: { ...base, amountMicroUsdc: amountMicroUsdc as never, blockTime },
      });
    expect(encode(1n, 0)).not.toThrow();
    expect(encode(-1n, 0)).toThrow();
    expect(encode(1n, 0.5)).toThrow();
    expect(encode(1n, Date.parse('+010000-01-01T00:00:00.000Z'))).toThrow();
    expect(encode(10n ** 31n, 0)).toThrow();
  });
});
