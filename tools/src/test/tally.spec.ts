import { add, fromExit, fromJest, words } from './tally.js';

const report = (counts: Record<string, number>): string => JSON.stringify(counts);

describe('the count of tests', () => {
  it('takes the numbers from the report', () => {
    const tally = fromJest(report({ numPassedTests: 5, numFailedTests: 2, numPendingTests: 1 }), false);
    expect(words(tally)).toBe('5 passed, 2 failed, 1 skipped');
  });

  it('leaves the skipped ones out where there are none', () => {
    expect(words(fromJest(report({ numPassedTests: 5 }), true))).toBe('5 passed, 0 failed');
  });

  it('counts a suite that does not load as a failure', () => {
    const tally = fromJest(report({ numPassedTests: 5, numRuntimeErrorTestSuites: 1 }), false);
    expect(tally).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });

  it('counts an exit code that nothing explains as a failure', () => {
    expect(fromJest(report({ numPassedTests: 5 }), false).failed).toBe(1);
  });

  it('counts a run without a report, and a run in which nothing ran, as a failure', () => {
    expect(fromJest(null, true).failed).toBe(1);
    expect(fromJest(report({ numPassedTests: 0 }), true).failed).toBe(1);
  });

  it('adds up', () => {
    expect(words(add(fromExit(true), add(fromExit(false), fromExit(true))))).toBe('2 passed, 1 failed');
  });
});
