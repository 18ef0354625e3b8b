import type { Node } from './nodes.js';
import { Presence } from './presence.js';

const node = (pricedAt: number | null, retiredAt: number): Node => ({
  ...{ enrolled: null, verified: [], draining: [], pue: [], lastDay: '' },
  prices: pricedAt === null ? [] : [{ from: pricedAt, value: 1n }],
  retiredAt,
});

it('at every moment those are there that are priced by then and not gone', () => {
  const all = [
    ['late', node(50, Infinity)],
    ['always', node(0, Infinity)],
    ['unpriced', node(null, Infinity)],
    ['short', node(10, 30)],
  ] as const;
  const presence = new Presence(all);
  const names = (moment: number): string[] => presence.from(moment, moment - 5).map(([name]) => name);
  expect([0, 9, 10, 34, 35, 49, 50].map(names)).toEqual([
    ['always'],
    ['always'],
    ['always', 'short'],
    ['always', 'short'],
    ['always'],
    ['always'],
    ['always', 'late'],
  ]);
});
