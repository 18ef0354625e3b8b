import * as kinds from '@tokenos/contracts/facts/streams';
import { CATEGORIES, holdsFacts } from '@tokenos/runtime/event-store/categories';

it('every kind of stream that has facts is one that is followed', () => {
  const known = Object.values(kinds).flatMap((kind) =>
    typeof kind === 'object' && 'category' in kind ? [kind.category] : [],
  );
  expect([...new Set(known)].sort()).toEqual([...CATEGORIES].sort());
});

it.each([
  ['rental-0190', true],
  ['rental', false],
  ['rentals-0190', false],
  ['$$rental-0190', false],
  ['invoice-0190', false],
])('%s holds facts: %s', (stream, holds) => {
  expect(holdsFacts(stream)).toBe(holds);
});
