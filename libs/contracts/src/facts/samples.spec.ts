/** Every version of every fact that was ever written must be read for ever: one sample each, which decodes and encodes to the same bytes. */

import { anchorFacts } from './anchor.js';
import { nodeFacts } from './node.js';
import { operatorFacts } from './operator.js';
import { paymentFacts } from './payment.js';
import { rentalFacts } from './rental.js';
import { golden, goldenNames } from '@tokenos/testing/generators/golden';
import { canonical, sha256Hex } from '../envelope/canonical.js';
import {
  anchorStream,
  nodeStream,
  operatorStream,
  paymentStream,
  rentalStream,
  UnknownFact,
  type StoredFact,
} from './streams.js';

interface Reader {
  readonly schemas: object;
  /** The same bytes again, or it throws. */
  readonly reread: (stored: StoredFact) => StoredFact;
}

const readers: Readonly<Record<string, Reader>> = {
  rental: { schemas: rentalFacts, reread: (stored) => rentalStream.encode(rentalStream.decode(stored)) },
  payment: { schemas: paymentFacts, reread: (stored) => paymentStream.encode(paymentStream.decode(stored)) },
  node: { schemas: nodeFacts, reread: (stored) => nodeStream.encode(nodeStream.decode(stored)) },
  operator: { schemas: operatorFacts, reread: (stored) => operatorStream.encode(operatorStream.decode(stored)) },
  anchor: { schemas: anchorFacts, reread: (stored) => anchorStream.encode(anchorStream.decode(stored)) },
};

const samples = Object.entries(readers).flatMap(([category, reader]) =>
  goldenNames(`contracts/samples/facts/${category}`).map((file) => {
    const name = `${category}/${file.replace('.json', '')}`;
    const stored = golden(`contracts/samples/facts/${name}.json`) as StoredFact;
    return { name, category, stored, reader };
  }),
);

type Fields = Readonly<Record<string, unknown>>;

/** Optional, so that facts without them decode for ever: the only way in which a version may grow. */
const ADDED_LATER = [
  'PaymentReceived.v1 extensionId',
  'RentalSettled.v1 shortfallMicroUsdc',
  'SettlementPlanned.v1 freeMinutes',
  'SettlementPlanned.v1 shortfallMicroUsdc',
  'SettlementPlanned.v1 why',
];

describe('samples of facts', () => {
  it.each(samples)('$name is read, and written again byte for byte', ({ stored, reader }) => {
    expect(canonical(reader.reread(stored))).toBe(canonical(stored));
  });

  it('are what they were when they were written', () => {
    const hashes = Object.fromEntries(samples.map(({ name, stored }) => [name, sha256Hex(canonical(stored))]));
    expect(hashes).toEqual(golden('contracts/samples/facts.sha256.json'));
  });

  it.each(Object.entries(readers))('cover every version of every fact on %s streams', (category, { schemas }) => {
    const known = samples.filter((sample) => sample.category === category).map((sample) => sample.stored.type);
    expect([...new Set(known)].sort()).toEqual(Object.keys(schemas).sort());
  });

  it.each(samples)(
    '$name is refused with a field more, with any required field less, or under another version',
    ({ stored, reader }) => {
      const data = stored.data as Fields;
      expect(() => reader.reread({ ...stored, data: { ...data, surprise: 1 } })).toThrow();
      for (const field of Object.keys(data).filter((name) => !ADDED_LATER.includes(`${stored.type} ${name}`))) {
        const { [field]: _, ...less } = data;
        expect(() => reader.reread({ ...stored, data: less as StoredFact['data'] })).toThrow();
      }
      expect(() => reader.reread({ ...stored, type: stored.type.replace('.v1', '.v0') })).toThrow(UnknownFact);
    },
  );

  it.each(['RentalTeleported.v1', 'constructor', '__proto__', 'toString', ''])('know no fact called %j', (type) => {
    expect(() => rentalStream.decode({ type, data: {} })).toThrow(UnknownFact);
  });
});

describe('the wire', () => {
  const received = golden('contracts/samples/facts/rental/PaymentReceived.v1.json') as { type: string; data: Fields };
  const with_ = (change: Fields) => () =>
    rentalStream.decode({ type: received.type, data: { ...received.data, ...change } as StoredFact['data'] });

  it.each([
    ['a float of money', { amountMicroUsdc: 5.84 }],
    ['a number of money', { amountMicroUsdc: 5_841_234 }],
    ['negative money', { amountMicroUsdc: '-1' }],
    ['money with a fraction', { amountMicroUsdc: '5.84' }],
    ['money with leading zeros', { amountMicroUsdc: '0005' }],
    ['money in hexadecimal', { amountMicroUsdc: '0x10' }],
    ['no money', { amountMicroUsdc: '' }],
    ['a time without milliseconds', { blockTime: '2026-11-23T09:00:20Z' }],
    ['a time in another zone', { blockTime: '2026-11-23T10:00:20.000+01:00' }],
    ['a day that does not exist', { blockTime: '2026-02-30T09:00:20.000Z' }],
    ['a number of milliseconds', { blockTime: 1_795_424_420_000 }],
    ['a negative slot', { slot: -1 }],
    ['half a slot', { slot: 0.5 }],
    ['a slot that a float cannot count', { slot: 2 ** 53 }],
    ['an address with a letter base58 lacks', { payer: `0${'1'.repeat(43)}` }],
    ['an absent field said as undefined', { payer: undefined }],
  ])('refuses %s', (_, change) => {
    expect(with_({})).not.toThrow();
    expect(with_(change)).toThrow();
  });
});
