import { compareCosts, compareRates, type Figure, isMet, median, quantile } from './figures.js';

describe('figures', () => {
  it('take a quantile that is one of the samples, whatever their order', () => {
    const samples = [5, 1, 4, 2, 3];
    expect(median(samples)).toBe(3);
    expect(quantile(samples, 0.99)).toBe(5);
    expect(quantile(samples, 0)).toBe(1);
    expect(quantile([], 0.5)).toBeNaN();
    expect(samples).toEqual([5, 1, 4, 2, 3]);
  });

  it('compare round by round, so that a slow machine slows both sides', () => {
    const rounds = [
      { value: 100, limit: 50 },
      { value: 10, limit: 5 },
      { value: 80, limit: 40 },
    ];
    const same = (sample: number): number => sample;
    const limit = { what: 'plain', value: 40 };
    expect(compareRates(rounds, 'plain', same)).toEqual({ value: 80, limit, ratio: 2 });
    expect(compareCosts(rounds, 'plain', same)).toEqual({ value: 80, limit, ratio: 0.5 });
  });

  it.each<[boolean, Figure['aim'], number | undefined]>([
    [true, undefined, undefined],
    [true, { of: 'ratio', atLeast: 0.8 }, 0.8],
    [false, { of: 'ratio', atLeast: 0.8 }, 0.79],
    [false, { of: 'ratio', atLeast: 0.8 }, undefined],
    [true, { of: 'value', atMost: 5 }, undefined],
    [false, { of: 'value', atMost: 4 }, 9],
  ])('say %s of an aim %j at a ratio of %s and a value of 5', (met, aim, ratio) => {
    const figure = { what: 'appends', unit: '/s', value: 5, ...(aim && { aim }), ...(ratio && { ratio }) };
    expect(isMet(figure)).toBe(met);
  });
});
