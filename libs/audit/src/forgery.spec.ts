import type { Json } from '@tokenos/contracts/envelope/envelope';
import { scripts } from '@tokenos/testing/generators/scripts';
import { historyOf } from '@tokenos/testing/histories/history';
import { put, sealed, type Entry } from '@tokenos/testing/wire/entries';
import fc from 'fast-check';
import { audit } from './audit.js';

const entriesOf = (script: Parameters<typeof historyOf>[0]): readonly Entry[] =>
  historyOf(script, { finished: true }).envelopes.map(({ stream, type, at, by, data }) => ({
    stream,
    type,
    at,
    by,
    data: data as Entry['data'],
  }));

/** Paths to every amount of money in a fact's data. */
function amounts(node: Json, path: readonly string[] = []): string[] {
  if (typeof node === 'string') return /MicroUsdc$|^amount$/.test(path.at(-1) ?? '') ? [path.join('.')] : [];
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, value]) => amounts(value, [...path, key]));
}

/** A payment vanishes and comes again: what was said of it the first time counts too. */
const CAME_TWICE: Parameters<typeof historyOf>[0] = (
  [
    ...[
      [1, 0],
      [1, 662_705],
      [1, 216_310],
      [0, 0],
      [0, 0],
      [2, 0],
      [1, 195_505],
    ],
    ...[
      [3, 0],
      [2, 228_880],
      [2, 791_553],
      [1, 0],
      [2, 946_984],
      [3, 421_985],
    ],
  ] as [number, number][]
).map(([rental, detail]) => ({ rental, detail, wait: 0 }));

const MOVED = ['PaymentReceived.v1', 'SettlementPlanned.v1', 'RentalSettled.v1'];
const read = (node: Json, path: string): Json =>
  path.split('.').reduce<Json>((at, key) => (at as Readonly<Record<string, Json>>)[key] ?? null, node);

describe('a history that the platform made and somebody changed', () => {
  it('has something wrong once any amount that moved is changed by one micro-USDC and all is sealed again', () => {
    fc.assert(
      fc.property(scripts(40), fc.nat(), fc.constantFrom(1n, -1n), (script, choice, change) => {
        const entries = entriesOf(script);
        const places = entries
          .filter(({ type }) => MOVED.includes(type))
          .flatMap((entry) => amounts(entry.data).map((path) => ({ entry, path })))
          .filter(({ entry, path }) => read(entry.data, path) !== '0');
        const place = places[choice % places.length];
        fc.pre(place !== undefined);
        const { stream, type, data } = place.entry;
        const nth = entries.filter((e) => e.stream === stream && e.type === type).indexOf(place.entry);
        const changed = (BigInt(read(data, place.path) as string) + change).toString();
        const forged = sealed(put(stream, type, place.path, changed, nth)(entries));
        const { findings } = audit(forged);
        expect(findings).not.toEqual([]);
        expect(audit(forged, { lingering: 0 }).findings).toEqual(findings);
      }),
      { numRuns: 60, examples: [[CAME_TWICE, 1_087_179_913, 1n]] },
    );
  });
});
