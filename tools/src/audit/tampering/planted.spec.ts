/** Bugs planted in the platform's own rules: its services act on them, and the auditor, who shares none of its arithmetic, names the rule. */

import type * as telling from '@tokenos/simulation/stories/tell';
import type * as failing from '@tokenos/simulation/stories/failover';

// Required anew for each bug: imported, they would have the right function already.
type Telling = typeof telling;
type Failover = typeof failing;

/** What it does, the rule that names it, the module of the domain with its function, and that function with the bug. */
type Planted = readonly [what: string, code: string, module: string, name: string, bug: (right: never) => unknown];

const planted: readonly Planted[] = [
  [
    'rounds prices up',
    'pricing@1',
    'pricing/pricing',
    'price',
    (right: (inputs: unknown) => bigint) => (inputs: unknown) => right(inputs) + 1n,
  ],
  [
    'takes a fee of 5.01%',
    'settlement@1',
    'settlement/settlement',
    'settle',
    (right: (inputs: object) => unknown) => (inputs: { feeBps: number }) =>
      right({ ...inputs, feeBps: inputs.feeBps + 1 }),
  ],
  [
    'takes the worst machine',
    'placement@1',
    'placement/placement',
    'rank',
    (right: (...inputs: unknown[]) => { ranked: unknown[] }) =>
      (...inputs: unknown[]) => {
        const ranking = right(...inputs);
        return { ...ranking, ranked: [...ranking.ranked].reverse() };
      },
  ],
  [
    'rounds grams up',
    'carbon@1',
    'carbon/carbon',
    'milligrams',
    (right: (inputs: unknown) => bigint) => (inputs: unknown) => right(inputs) + 1n,
  ],
  ['gives ten minutes to everyone', 'settlement@1', 'promise/promise', 'freeMinutes', () => () => 10],
];

it.each(planted)(
  'a platform that %s is found out as %s',
  async (_, code, module, name, bug) => {
    await jest.isolateModulesAsync(async () => {
      const path = `@tokenos/domain/${module}`;
      const right = jest.requireActual<Readonly<Record<string, unknown>>>(path);
      jest.doMock(path, () => ({ ...right, [name]: bug(right[name] as never) }));
      const { tell } = jest.requireActual<Telling>('@tokenos/simulation/stories/tell');
      const { failover } = jest.requireActual<Failover>('@tokenos/simulation/stories/failover');
      const { findings } = (await tell(failover, 1)).report;
      expect(findings.map((finding) => finding.code)).toContain(code);
      jest.dontMock(path);
    });
  },
  60_000,
);
