/** An envelope read from its text, against a parser, the schema, and the hash computed the long way. */

import { scripts } from '@tokenos/testing/generators/scripts';
import { historyOf } from '@tokenos/testing/histories/history';
import fc from 'fast-check';
import { readWrittenFact } from '../export/written-fact.js';
import { canonical } from './canonical.js';
import { envelopeSchema, type Envelope } from './envelope.js';
import { isSealedAs, seal } from './seal.js';
import { readWritten } from './written.js';

const { envelopes } = historyOf(fc.sample(scripts(60), { numRuns: 1, seed: 7 })[0] ?? [], { finished: true });

/** As Postgres gives it, as it was sealed, and in canonical order. */
const spellings = (envelope: Envelope): readonly string[] => {
  const { id, stream, revision, type, at, by, correlationId, causationId, data, prevHash, hash } = envelope;
  const row = { id, stream, revision, type, at, by, correlationId, causationId, data, prevHash, hash };
  return [JSON.stringify(row), JSON.stringify(envelope), canonical(envelope)];
};

const bodyOf = ({ prevHash: _prevHash, hash: _hash, ...body }: Envelope): string => canonical(body);

const PUT = Array.from('"\\{}:,017-.eZé \u0001');

describe('an envelope read from its text', () => {
  it('is what a parser makes of it, with the text that was hashed, whichever way it is spelled', () => {
    expect(envelopes.length).toBeGreaterThan(50);
    for (const envelope of envelopes) {
      for (const text of spellings(envelope)) {
        const body = bodyOf(envelope);
        expect(readWritten(text)).toEqual({ envelope, body, end: text.length });
        expect(isSealedAs(envelope, body)).toBe(true);
        const line = `{"position":"17","fact":${text}}`;
        expect(readWrittenFact(line)).toEqual({ position: '17', envelope, body, end: line.length });
      }
    }
  });

  it('is left to the parser and the schema where anything is unusual, or is what those make of it', () => {
    let read = 0;
    const texts = envelopes.slice(0, 40).flatMap(spellings);
    const change = fc.tuple(fc.constantFrom(...texts), fc.nat(1_500), fc.nat(2), fc.constantFrom(...PUT));
    fc.assert(
      fc.property(change, ([text, at, gone, put]) => {
        const changed = text.slice(0, at % text.length) + put + text.slice((at % text.length) + gone);
        const written = readWritten(changed);
        if (written === null || written.end < changed.length) return;
        read += 1;
        const parsed = envelopeSchema.parse(JSON.parse(changed)) as Envelope;
        expect([written.envelope, written.body]).toEqual([parsed, bodyOf(parsed)]);
      }),
      { numRuns: 4_000 },
    );
    expect(read).toBeGreaterThan(200);
  });

  it.each([
    ['a day that does not exist', 'T', /"at":"\d{4}-\d\d-\d\dT/, '"at":"2026-02-30T'],
    ['data whose members are not in order', 'data', /"data":\{/, '"data":{"zz":1,'],
    ['a revision with a fraction', 'revision', /"revision":\d+/, '"revision":1.5'],
    ['a member more', 'id', /^\{/, '{"extra":1,'],
  ])('is left to them with %s', (_, _where, from, to) => {
    for (const text of spellings(envelopes[0]!)) expect(readWritten(text.replace(from, to))).toBeNull();
  });

  it('is no exported fact with anything behind it, or without its position', () => {
    const [text] = spellings(envelopes[0]!);
    for (const line of [
      `{"position":"1","fact":${text}} `,
      `{"position":"1","fact":${text},"x":1}`,
      `{"fact":${text}}`,
    ]) {
      expect(readWrittenFact(line)).toBeNull();
    }
  });

  it('finds its data in canonical order because it was sealed so', () => {
    const data = { b: 1, a: { d: 1, c: [{ f: 1, e: 2 }] } };
    const { prevHash: _prevHash, hash: _hash, revision: _revision, ...unsealed } = envelopes[0]!;
    expect(JSON.stringify(seal(null, { ...unsealed, data }).data)).toBe('{"a":{"c":[{"e":2,"f":1}],"d":1},"b":1}');
  });
});
