import { Allowances } from './allowances.js';

const taken = (allowances: Allowances, key: string, times: number, now: number): number =>
  Array.from({ length: times }, () => allowances.take(key, now)).filter(Boolean).length;

describe('an allowance', () => {
  const T0 = 1_000_000;
  const three = () => new Allowances({ most: 3, oneEvery: 500 });

  it('is so many at once, then one at a time as time passes, and never more than at first', () => {
    const allowances = three();
    expect(taken(allowances, 'a', 10, T0)).toBe(3);
    expect(taken(allowances, 'a', 10, T0 + 499)).toBe(0);
    expect(taken(allowances, 'a', 10, T0 + 500)).toBe(1);
    expect(taken(allowances, 'a', 10, T0 + 1_500)).toBe(2);
    expect(taken(allowances, 'a', 10, T0 + 60_000)).toBe(3);
  });

  it('lets two a second through in the long run, however often one tries', () => {
    const allowances = three();
    let through = 0;
    for (let now = T0; now < T0 + 10_000; now += 10) through += taken(allowances, 'a', 1, now);
    expect(through).toBe(3 + 19);
  });

  it('is each key’s own', () => {
    const allowances = three();
    expect(taken(allowances, 'a', 10, T0)).toBe(3);
    expect(taken(allowances, 'b', 10, T0)).toBe(3);
  });

  it('survives a clock that is set back', () => {
    const allowances = three();
    expect(taken(allowances, 'a', 10, T0)).toBe(3);
    expect(taken(allowances, 'a', 10, T0 - 100_000)).toBe(0);
    expect(taken(allowances, 'a', 10, T0 - 100_000 + 500)).toBe(1);
  });

  it('forgets who has been quiet', () => {
    const allowances = three();
    for (let n = 0; n < 1_000; n++) allowances.take(`address-${n}`, T0);
    expect(allowances.size).toBe(1_000);
    allowances.take('a', T0 + 5_000);
    expect(allowances.size).toBe(1);
  });
});
