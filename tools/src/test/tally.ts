/** Counts: what Jest reports and what a plain exit code means, added up into one summary line. */

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };

export const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

export const fromExit = (succeeded: boolean): Tally =>
  succeeded ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 };

/**
 * From Jest's `--json` report, null where it wrote none. A suite that did not even load counts as one failure, and so does
 * an exit code that the counts do not explain. A run in which no test passed has failed: it proves nothing.
 */
export function fromJest(report: string | null, succeeded: boolean): Tally {
  const counts = report === null ? {} : (JSON.parse(report) as Record<string, unknown>);
  const count = (key: string): number => (typeof counts[key] === 'number' ? counts[key] : 0);
  const passed = count('numPassedTests');
  const failed = count('numFailedTests') + count('numRuntimeErrorTestSuites');
  const unexplained = failed === 0 && (!succeeded || passed === 0) ? 1 : 0;
  return { passed, failed: failed + unexplained, skipped: count('numPendingTests') + count('numTodoTests') };
}

export const words = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
