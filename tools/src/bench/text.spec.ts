import { textOf } from './text.js';

describe('a report as text', () => {
  it('shows each figure with its limit, its ratio and whether the aim is met', () => {
    const report = {
      settings: { fsync: 'on' },
      figures: [
        {
          what: 'appends, 1 writer',
          unit: '/s',
          value: 1234.5,
          limit: { what: 'plain inserts', value: 1500 },
          ratio: 0.82345,
          aim: { of: 'ratio', atLeast: 0.8 },
        },
        { what: 'median', unit: 'ms', value: 7.1, aim: { of: 'value', atMost: 5 } },
        { what: 'gateway', unit: 'MiB', value: 80 },
      ],
    } as const;
    expect(textOf('store', report).split('\n')).toEqual([
      'store',
      '  fsync = on',
      '  appends, 1 writer  1235 /s   plain inserts: 1500 /s   ratio 0.823   aim ratio at least 0.8: met',
      '  median             7.1 ms   aim value at most 5: missed',
      '  gateway            80 MiB',
      '',
    ]);
  });
});
