import { Places } from './places.js';

const taken = (places: Places, caller: string): (() => void) => {
  const place = places.take(caller);
  if (typeof place === 'string') throw new Error(`no place: ${place}`);
  return place;
};

describe('places', () => {
  it('are so many for each, and so many for all', () => {
    const places = new Places({ ofOne: 2, ofAll: 3 });
    taken(places, 'a');
    taken(places, 'a');
    expect(places.take('a')).toBe('ofOne');
    taken(places, 'b');
    expect(places.take('b')).toBe('ofAll');
    expect(places.take('c')).toBe('ofAll');
  });

  it('are free again once given back, and one that is given back twice is one', () => {
    const places = new Places({ ofOne: 1, ofAll: 2 });
    const give = taken(places, 'a');
    taken(places, 'b');
    give();
    give();
    const again = taken(places, 'a');
    expect(places.take('c')).toBe('ofAll');
    give();
    expect(places.take('a')).toBe('ofOne');
    again();
    taken(places, 'c');
  });

  it('are forgotten with their callers', () => {
    const places = new Places({ ofOne: 1, ofAll: 1_000 });
    const all = Array.from({ length: 500 }, (_, n) => taken(places, `caller-${n}`));
    expect(places.callers).toBe(500);
    for (const give of all) give();
    expect(places.callers).toBe(0);
  });
});
