import fc from 'fast-check';
import { Packed } from './packed.js';
import { Shelf } from './shelf.js';

describe('packed values', () => {
  it('come out as they went in, by their place and in their order, over many blocks', () => {
    const packed = new Packed<{ readonly n: number; readonly text: string }>();
    const values = Array.from({ length: 5_000 }, (_, n) => ({ n, text: `${n} é€😀`.repeat(20) }));
    expect(values.map((value) => packed.add(value))).toEqual(values.map(({ n }) => n));
    for (const place of [4_999, 0, 2_500, 2_499, 1, 4_998]) expect(packed.at(place)).toEqual(values[place]);
    expect([...packed]).toEqual(values);
  });

  it('are not found where none was put', () => {
    expect(() => new Packed().at(0)).toThrow('nothing was put at 0');
  });
});

describe('a shelf', () => {
  it('gives back what was put last, whatever was packed away and taken out again meanwhile', () => {
    const moves = fc.array(fc.record({ stream: fc.constantFrom('a', 'b', 'c'), value: fc.nat(9) }), { maxLength: 60 });
    fc.assert(
      fc.property(moves, fc.nat(2), (told, lingering) => {
        let away = 0;
        const shelf = new Shelf<Put>({
          isDone: ({ n }) => n % 2 === 0,
          lingering,
          away: ({ n }) => (away += n),
          back: ({ n }) => (away -= n),
        });
        const plain = new Map<string, number>();
        for (const { stream, value } of told) {
          expect(shelf.get(stream)?.n).toBe(plain.get(stream));
          shelf.update(stream, (put) => {
            expect(put?.n).toBe(plain.get(stream));
            return { n: value };
          });
          plain.set(stream, value);
        }
        const atHand = [...shelf.open()].reduce((sum, [, { n }]) => sum + n, 0);
        expect(atHand + away).toBe([...plain.values()].reduce((sum, n) => sum + n, 0));
        expect([...shelf.open()].filter(([, { n }]) => n % 2 === 0).length).toBeLessThanOrEqual(lingering);
        expect(shelf.size).toBe(plain.size);
        expect(['a', 'b', 'c', 'd'].filter((stream) => shelf.has(stream))).toEqual([...plain.keys()].sort());
      }),
    );
  });
});

interface Put {
  readonly n: number;
}
