import { progressLine, type Seen } from './progress.js';

const seen = (more: Partial<Seen>): Seen => ({
  ...{ state: 'folding', read: 61_000n, folded: 12_500n, expected: 50_000n, error: null },
  ...{ began_at: new Date(0), ended_at: null },
  ...more,
});

describe('the progress of a rebuild', () => {
  it('says how much of how much, how fast, and how long still', () => {
    expect(progressLine('gateway', seen({}), 5_000)).toBe(
      'gateway     12,500 of 50,000 facts (25 %), 2,500/s, 61,000 looked at in the store, 15 s to go',
    );
  });

  it('does not pretend to know before the first facts, and not to be through before it is', () => {
    expect(progressLine('carbon', null, 0)).toBe('carbon      asked');
    expect(progressLine('carbon', seen({ folded: 0n, read: 0n }), 0)).toContain('(0 %), 0/s, 0 looked at');
    expect(progressLine('carbon', seen({ folded: 0n, read: 0n }), 0)).toMatch(/beginning$/);
    expect(progressLine('carbon', seen({ folded: 50_010n }), 9_000)).toMatch(
      /^carbon +50,010 of 50,010 .* taking its place$/,
    );
  });

  it('ends with what it came to, or with what went wrong and that nothing has changed', () => {
    const done = seen({ state: 'done', folded: 50_000n, ended_at: new Date(20_000) });
    expect(progressLine('gateway', done, 0)).toBe('gateway     rebuilt from 50,000 facts in 20 s, 2,500/s');
    const failed = seen({ state: 'failed', error: 'disk full' });
    expect(progressLine('gateway', failed, 0)).toBe('gateway     failed, the view is as it was: disk full');
  });
});
