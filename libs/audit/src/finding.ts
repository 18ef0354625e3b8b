/** What the auditor says: which invariant or rule is broken, where, and what the rule asks for. */

import { canonical } from '@tokenos/contracts/envelope/canonical';
import type { Json } from '@tokenos/contracts/envelope/envelope';

/** Invariants by their number in docs/rules/invariants.md, rules by their name and version, and six plain words. */
export const CODES = {
  I1: 'conservation: paid + shortfall = operators + fee + refunds + held',
  I2: 'a plan adds up, and hands out no more than was finally paid, but for a shortfall that it names',
  I3: 'one rental at a time per GPU, under rising lease epochs',
  I4: 'no access without sufficient payment in time',
  I5: 'access ends within five seconds of the end',
  I6: 'each plan lands at most once, signed before it lands',
  I7: 'one transfer on the chain moves money once',
  I8: 'billed minutes lie between start and end, each at most once',
  I10: 'revisions have no gaps, the hash chain holds, time does not run backwards',
  I11: 'preemption only of SPOT, and never before delivery + 90 s',
  I12: 'the treasury holds at least what is held for others and owed to them',
  'pricing@1': 'the quote, computed again',
  'settlement@1': 'who gets what, computed again',
  'placement@1': 'the choice of a node, computed again',
  'promise@1': 'the minutes given for a late start, counted again',
  'preemption@1': 'who yields to whom, chosen again',
  'minutes@1': 'the minutes that were served, judged again from the evidence',
  'carbon@1': 'the emissions, computed again',
  'uptime@1': 'a day of a node: once, in order, no more served than expected',
  'reputation@1': 'the score, and the inputs it was computed from, computed again',
  'anchor@1': 'each day one root over every stream, computed again, in one memo on the chain',
  chain: 'what facts say moved on the chain did, exactly, and nothing else moved',
  matching: 'a payment belongs to the rental it names',
  author: 'each fact has one author',
  order: 'a fact that its stream does not allow here',
  halted: 'nothing is placed, planned or signed while a rental is held still',
  undecodable: 'a fact that cannot be read',
  unsettled: 'money that has not reached its end',
} as const;

export type Code = keyof typeof CODES;

export interface Finding {
  readonly code: Code;
  readonly stream: string;
  /** The fact that broke the rule; null where the fault is in what is missing. */
  readonly revision: number | null;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

/** bigint as its decimal digits, text as it stands, the rest as canonical JSON. */
export type Shown = bigint | Json;

export interface Note {
  (code: Code, message: string): void;
  /** Notes only where the two differ. Tells whether they agree. */
  compare: (code: Code, message: string, expected: Shown, found: Shown) => boolean;
}

export function noting(findings: Finding[], stream: string, revision: number | null): Note {
  const note = (code: Code, message: string): void => {
    findings.push({ code, stream, revision, message });
  };
  const compare: Note['compare'] = (code, message, expected, found) => {
    if (isSame(expected, found)) return true;
    const finding = { code, stream, revision, message, expected: show(expected), found: show(found) };
    if (finding.expected === finding.found) return true;
    findings.push(finding);
    return false;
  };
  return Object.assign(note, { compare });
}

/** True only of what is shown alike; of what is not the same, how it is shown decides. */
function isSame(a: Shown | undefined, b: Shown | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [ofA, ofB] = [a, b] as readonly Readonly<Record<string, Json>>[];
  let names = 0;
  for (const name in ofA) {
    if (!isSame(ofA[name], ofB?.[name])) return false;
    names += 1;
  }
  for (const _ in ofB) names -= 1;
  return names === 0;
}

function show(value: Shown): string {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'string' ? value : canonical(value);
}
