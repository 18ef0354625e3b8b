/** What the tiers leave each other: a dead machine's RESERVED rentals find room, and SPOT leaves the last idle GPUs alone. */

import fc from 'fast-check';
import { refusal, unhoused, type ClassNode } from './admission.js';

const node = (nodeId: string, idleGpus: number, change: Partial<ClassNode> = {}): ClassNode => ({
  ...{ nodeId, idleGpus, spotGpus: 0, reserved: [] },
  ...change,
});
const asking = (tier: 'ON_DEMAND' | 'SPOT' | 'RESERVED', gpuCount = 1, spotReserve = 1) => ({
  ...{ tier, gpuCount, spotReserve },
});

describe('a RESERVED rental', () => {
  it('is not placed on the only machine of its class', () => {
    expect(refusal([node('a', 8)], 'a', asking('RESERVED'))).toBe('reserved_spare');
  });

  it('is placed where another machine could take it over, idle or by having SPOT yield', () => {
    expect(refusal([node('a', 1), node('b', 1)], 'a', asking('RESERVED'))).toBeNull();
    expect(refusal([node('a', 1), node('b', 0, { spotGpus: 1 })], 'a', asking('RESERVED'))).toBeNull();
    expect(refusal([node('a', 1), node('b', 0)], 'a', asking('RESERVED'))).toBe('reserved_spare');
  });

  it('needs room on one machine: two halves hold nothing', () => {
    const halves = [node('a', 2), node('b', 1), node('c', 1)];
    expect(refusal(halves, 'a', asking('RESERVED', 2))).toBe('reserved_spare');
    expect(refusal([...halves, node('d', 2)], 'a', asking('RESERVED', 2))).toBeNull();
  });

  it('may share a spare with those of another machine: only one of them is lost at a time', () => {
    const spare = [node('a', 1), node('b', 0, { reserved: [1] }), node('c', 1)];
    expect(refusal(spare, 'a', asking('RESERVED'))).toBeNull();
  });

  it('may not share it with one beside it: both are lost together', () => {
    expect(refusal([node('a', 1, { reserved: [1] }), node('b', 1)], 'a', asking('RESERVED'))).toBe('reserved_spare');
  });
});

describe('an ON_DEMAND rental', () => {
  it('does not eat the spare of a RESERVED one', () => {
    const nodes = [node('a', 1, { reserved: [1] }), node('b', 1)];
    expect(refusal(nodes, 'b', asking('ON_DEMAND'))).toBe('reserved_spare');
    expect(refusal(nodes, 'a', asking('ON_DEMAND'))).toBeNull();
  });

  it('is placed where there was no spare to eat', () => {
    expect(refusal([node('a', 1, { reserved: [1] })], 'a', asking('ON_DEMAND'))).toBeNull();
  });
});

describe('a SPOT rental', () => {
  it('leaves the last idle GPUs of its class alone, wherever they are', () => {
    expect(refusal([node('a', 1)], 'a', asking('SPOT'))).toBe('spot_reserve');
    expect(refusal([node('a', 1), node('b', 1)], 'a', asking('SPOT'))).toBeNull();
    expect(refusal([node('a', 1), node('b', 1)], 'a', asking('SPOT', 1, 2))).toBe('spot_reserve');
    expect(refusal([node('a', 1)], 'a', asking('SPOT', 1, 0))).toBeNull();
  });

  it('takes no RESERVED spare: it yields', () => {
    expect(refusal([node('a', 0, { reserved: [2] }), node('b', 2)], 'b', asking('SPOT', 1))).toBeNull();
  });
});

describe('whatever the fleet', () => {
  const fleets = fc
    .array(
      fc.record({
        idleGpus: fc.integer({ min: 0, max: 4 }),
        spotGpus: fc.integer({ min: 0, max: 2 }),
        reserved: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((nodes) => nodes.map((one, n) => ({ nodeId: `n${n}`, ...one })));

  /** Every way to put these rentals into these rooms, tried out. */
  const fits = ([first, ...rest]: readonly number[], rooms: readonly number[]): boolean =>
    first === undefined ||
    rooms.some(
      (room, at) =>
        room >= first &&
        fits(
          rest,
          rooms.map((size, n) => (n === at ? size - first : size)),
        ),
    );
  const survives = (nodes: readonly ClassNode[]): boolean =>
    nodes.every((lost) =>
      fits(
        lost.reserved,
        nodes.filter((other) => other !== lost).map((other) => other.idleGpus + other.spotGpus),
      ),
    );

  it('calls no RESERVED rental housed that, tried in every order, is not', () => {
    let housed = 0;
    fc.assert(
      fc.property(fleets, (nodes) => {
        if (unhoused(nodes) > 0) return;
        housed += 1;
        expect(survives(nodes)).toBe(true);
      }),
    );
    expect(housed).toBeGreaterThan(10);
  });

  it('survives any one loss after every RESERVED and every ON_DEMAND placement, if it did before', () => {
    fc.assert(
      fc.property(
        fleets,
        fc.constantFrom('ON_DEMAND', 'RESERVED'),
        fc.integer({ min: 1, max: 3 }),
        (nodes, tier, gpus) => {
          const [first] = nodes;
          if (unhoused(nodes) > 0 || first!.idleGpus < gpus) return;
          if (refusal(nodes, 'n0', asking(tier, gpus)) !== null) return;
          const reserved = tier === 'RESERVED' ? [...first!.reserved, gpus] : first!.reserved;
          expect(survives([{ ...first!, idleGpus: first!.idleGpus - gpus, reserved }, ...nodes.slice(1)])).toBe(true);
        },
      ),
    );
  });
});
