/** Envelopes: hashes that were computed elsewhere, and a chain in which nothing can be changed, dropped or swapped unseen. */

import { golden } from '@tokenos/testing/generators/golden';
import { scripts } from '@tokenos/testing/generators/scripts';
import { historyOf } from '@tokenos/testing/histories/history';
import fc from 'fast-check';
import { canonical } from './canonical.js';
import { envelopeSchema, GENESIS_HASH, categoryOf, idOf, type Envelope } from './envelope.js';
import { isSealed, seal, type Unsealed } from './seal.js';

const chain = golden('contracts/samples/envelopes/chain.json') as readonly Envelope[];

const unsealed = ({ revision: _revision, prevHash: _prevHash, hash: _hash, ...rest }: Envelope): Unsealed => rest;

describe('the seal', () => {
  it('is the SHA-256 that was computed elsewhere, link by link', () => {
    let previous: Envelope | null = null;
    for (const envelope of chain) {
      const sealed: Envelope = seal(previous, unsealed(envelope));
      expect(sealed).toEqual(envelope);
      previous = sealed;
    }
    expect(chain.map((envelope) => envelope.revision)).toEqual([0, 1, 2]);
    expect(chain[0]?.prevHash).toBe(GENESIS_HASH);
  });

  it('does not depend on the order in which fields arrive', () => {
    for (const envelope of chain) {
      const reversed = Object.fromEntries(Object.entries(envelope).reverse()) as unknown as Envelope;
      expect(isSealed(reversed)).toBe(true);
    }
  });

  it('breaks when any field changes', () => {
    const [envelope] = chain;
    const changes: { readonly [Field in Exclude<keyof Envelope, 'hash'>]: Envelope[Field] } = {
      id: '0199a000-000e-7000-8000-00000000ffff',
      stream: 'rental-other',
      revision: 1,
      type: 'RentalRequested.v2',
      at: '2026-11-23T09:00:00.001Z',
      by: 'metering',
      correlationId: 'other',
      causationId: 'other',
      data: {},
      prevHash: '1'.repeat(64),
    };
    for (const [field, value] of Object.entries(changes)) {
      const broken = { ...envelope!, [field]: value };
      expect({ field, sealed: isSealed(broken) }).toEqual({ field, sealed: false });
    }
    expect(isSealed(envelope!)).toBe(true);
  });

  it('holds for every envelope of every history, each of which has the form of one', () => {
    fc.assert(
      fc.property(scripts(60), (script) => {
        const heads = new Map<string, Envelope>();
        const { envelopes } = historyOf(script, { finished: true });
        const broken = envelopes.filter((envelope) => {
          const before = heads.get(envelope.stream) ?? null;
          heads.set(envelope.stream, envelope);
          const isOne = envelopeSchema.safeParse(JSON.parse(JSON.stringify(envelope))).success;
          return !isOne || seal(before, unsealed(envelope)).hash !== envelope.hash;
        });
        expect(broken).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('an envelope', () => {
  it('is refused with a field more, or with any field less', () => {
    const [envelope] = chain;
    expect(envelopeSchema.safeParse({ ...envelope, extra: 1 }).success).toBe(false);
    for (const field of Object.keys(envelope!)) {
      const { [field as keyof Envelope]: _, ...less } = envelope!;
      expect({ field, ok: envelopeSchema.safeParse(less).success }).toEqual({ field, ok: false });
    }
  });

  it('says in its stream what it is about', () => {
    expect([categoryOf('rental-0199-a'), idOf('rental-0199-a')]).toEqual(['rental', '0199-a']);
  });
});

describe('canonical JSON', () => {
  it('sorts keys, keeps arrays, writes numbers and text as RFC 8785 says', () => {
    expect(canonical({ b: [2, 1], a: { d: 1e21, c: 'é\n' }, é: null })).toBe(
      '{"a":{"c":"é\\n","d":1e+21},"b":[2,1],"é":null}',
    );
  });

  it.each([
    ['a bigint', { a: 1n }],
    ['nothing', undefined],
    ['not a number', Number.NaN],
  ])('refuses %s', (_, value) => {
    expect(() => canonical(value)).toThrow();
  });
});
