/** One fact each forged in random histories, all sealed again so that no hash tells: the auditor has to find it, and to name the rule. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import fc from 'fast-check';
import { scripts } from '../generators/scripts.js';
import { historyOf } from './history.js';
import { plant, resealed, type Bug } from './sabotage.js';

/** What is forged, the fact, the code that is found (others may be as well), and the fact as forged, or 'drop'. */
export type Forgery<Code extends string> = readonly [what: string, type: string, code: Code, bug: Bug | 'drop'];

type Auditor<Code extends string> = (
  envelopes: readonly Envelope[],
  options: { readonly requireSettled: boolean },
) => { readonly findings: readonly { readonly code: Code; readonly stream: string }[] };

/** So many histories are enough for each fact to be met; of each forgery so many are looked at. */
const HISTORIES = 150;
const LOOKS = 4;

export function eachForgeryIsFound<Code extends string>(
  audit: Auditor<Code>,
  groups: Readonly<Record<string, readonly Forgery<Code>[]>>,
): void {
  const histories = fc
    .sample(scripts(160), { numRuns: HISTORIES, seed: 20_261_125 })
    .map((script) => historyOf(script, { finished: true }).envelopes);

  describe.each(Object.entries(groups))('%s', (_group, forgeries) => {
    it.each(forgeries)('%s: %s', (_what, type, code, bug) => {
      const forged = firstOf(histories, (envelopes) =>
        bug === 'drop' ? without(envelopes, type) : plant(envelopes, type, bug),
      );
      expect(forged.length).toBeGreaterThan(0);
      for (const envelopes of forged) {
        expect(audit(envelopes, { requireSettled: true }).findings.map((finding) => finding.code)).toContain(code);
      }
    });
  });
}

function firstOf(
  histories: readonly (readonly Envelope[])[],
  forge: (envelopes: readonly Envelope[]) => readonly Envelope[] | null,
): (readonly Envelope[])[] {
  const forged: (readonly Envelope[])[] = [];
  for (const envelopes of histories) {
    if (forged.length === LOOKS) break;
    const one = forge(envelopes);
    if (one !== null) forged.push(one);
  }
  return forged;
}

/** The history with the last fact of this type missing. */
function without(envelopes: readonly Envelope[], type: string): readonly Envelope[] | null {
  const last = envelopes.findLast((envelope) => envelope.type === type);
  return last === undefined ? null : resealed(envelopes.filter((envelope) => envelope !== last));
}
