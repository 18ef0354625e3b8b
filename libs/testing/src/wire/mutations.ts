/** One change each to the little history, sealed again so that no hash tells: only the named rule may find it. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { sealed, type Entry } from './entries.js';
import { littleHistory } from './little-history.js';

/** What is changed, the codes that must be found (those, and no other), and words of one finding. */
export type Mutation<Code extends string> = readonly [
  what: string,
  codes: Code | readonly Code[],
  says: string,
  change: (history: readonly Entry[]) => Entry[],
];

type Auditor<Code extends string> = (envelopes: readonly Envelope[]) => {
  readonly findings: readonly { readonly code: Code; readonly message: string }[];
};

export function eachIsFound<Code extends string>(
  audit: Auditor<Code>,
  groups: Readonly<Record<string, readonly Mutation<Code>[]>>,
): void {
  describe.each(Object.entries(groups))('%s', (_group, mutations) => {
    it.each(mutations)('%s: %s', (_what, codes, says, change) => {
      const { findings } = audit(sealed(change(littleHistory)));
      expect([...new Set(findings.map(({ code }) => code))].sort()).toEqual([codes].flat().sort());
      expect(findings.map(({ message }) => message).join('\n')).toContain(says);
    });
  });
}
