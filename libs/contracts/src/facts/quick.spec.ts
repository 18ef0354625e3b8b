/** Quick readers against the schemas they were made from: they may know less, and never anything else. */

import { scripts } from '@tokenos/testing/generators/scripts';
import { historyOf } from '@tokenos/testing/histories/history';
import fc from 'fast-check';
import { z } from 'zod';
import { categoryOf, envelopeSchema, isEnvelope, type Json } from '../envelope/envelope.js';
import { golden, goldenNames } from '@tokenos/testing/generators/golden';
import { nodeFacts } from './node.js';
import { operatorFacts } from './operator.js';
import { paymentFacts } from './payment.js';
import { quick } from './quick.js';
import { quickOf } from './quick-facts.js';
import { rentalFacts } from './rental.js';
import type { StoredFact } from './streams.js';

const schemas: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  rental: rentalFacts,
  payment: paymentFacts,
  node: nodeFacts,
  operator: operatorFacts,
};
const schemaOf = (category: string, type: string): z.ZodType => schemas[category]![type]!;

const samples = Object.keys(schemas).flatMap((category) =>
  goldenNames(`contracts/samples/facts/${category}`).map((file) => {
    const { type, data } = golden(`contracts/samples/facts/${category}/${file}`) as StoredFact;
    return { name: `${category} ${file}`, schema: schemaOf(category, type), data };
  }),
);

type Path = readonly (string | number)[];

/** To every value in it. */
const pathsOf = (value: Json, path: Path = []): Path[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, member]: [string, Json]) => pathsOf(member, [...path, name]))
    : []),
];

/** The value with something else at the end of the path; undefined: nothing there. */
function changed(value: unknown, [first, ...rest]: Path, put: unknown): unknown {
  if (first === undefined) return put;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  const next = changed(copy[first], rest, put);
  if (next === undefined) Reflect.deleteProperty(copy, first);
  // As a parser does: also where the name is __proto__.
  else Object.defineProperty(copy, first, { value: next, enumerable: true, configurable: true, writable: true });
  return copy;
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom<unknown>(
    undefined,
    1.5,
    -1,
    2 ** 53,
    '1'.repeat(44),
    '01',
    '-1',
    '2026-02-30',
    '2026-11-23T09:00:20Z',
  ),
  fc.constantFrom<unknown>({}, [], [undefined], 1n, new Date(0), 'rental', '2026-11-23T09:00:20.000Z', 'a'.repeat(64)),
);

describe('quick readers of facts', () => {
  it.each(samples)('know $name, and decode it as the schema does', ({ schema, data }) => {
    expect(quickOf(schema).accepts(data)).toBe(true);
    expect(quickOf(schema).decode(data)).toStrictEqual(z.decode(schema, data));
  });

  it('know every fact that random histories bring about', () => {
    fc.assert(
      fc.property(scripts(80), (script) => {
        for (const { stream, type, data } of historyOf(script, { finished: true }).envelopes) {
          const schema = schemaOf(categoryOf(stream), type);
          expect([type, quickOf(schema).accepts(data)]).toEqual([type, true]);
          expect(quickOf(schema).decode(data)).toStrictEqual(z.decode(schema, data));
        }
      }),
      { numRuns: 5 },
    );
  });

  it('accept nothing that the schema refuses, whatever is changed, left out or put in', () => {
    let accepted = 0;
    const change = fc
      .constantFrom(...samples)
      .chain((sample) =>
        fc.tuple(
          fc.constant(sample),
          fc.constantFrom(...pathsOf(sample.data)),
          fc.option(fc.constantFrom('extra', '__proto__', '0')),
          odd,
        ),
      );
    fc.assert(
      fc.property(change, ([{ schema, data }, path, member, put]) => {
        const value = changed(data, member === null ? path : [...path, member], put);
        if (!quickOf(schema).accepts(value)) return;
        accepted += 1;
        expect(quickOf(schema).decode(value)).toStrictEqual(z.decode(schema, value));
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it.each([
    ['a union', z.union([z.string(), z.number()])],
    ['an object that is not strict', z.object({ a: z.string() })],
    ['a number that may be a fraction', z.number()],
    ['text with a check of its own', z.string().refine(() => true)],
    ['text of a format not known here', z.email()],
    ['a list with a check of its own', z.array(z.string()).refine(() => true)],
    ['a codec not known here', z.codec(z.string(), z.string(), { decode: (text) => text, encode: (text) => text })],
    ['a whole number in steps', z.int().multipleOf(5)],
    ['text that is changed', z.string().trim()],
    ['a default', z.string().default('')],
  ])('accept nothing of %s', (_, schema) => {
    const { accepts } = quick(schema, new Map());
    for (const value of ['', 'a', 'a@example.org', 0, 5, { a: '' }, [], ['']]) expect(accepts(value)).toBe(false);
  });
});

describe('the quick reader of envelopes', () => {
  const envelope = historyOf([], { finished: true }).envelopes[0]!;

  it('accepts nothing that the schema refuses', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(envelope as unknown as Json)), odd, (path, put) => {
        const value = changed(envelope, path, put);
        expect(isEnvelope(value)).toBe(envelopeSchema.safeParse(value).success);
      }),
      { numRuns: 500 },
    );
  });
});
