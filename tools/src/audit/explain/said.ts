/** What an explanation is made of: sections of lines, each with the facts it stands on, the rule it follows, and what is wrong with it. */

import type { Code, Finding } from '@tokenos/audit/finding';
import type { RentalWire } from '@tokenos/audit/wire';

export type Title = 'Request' | 'Payment' | 'Machine' | 'Course' | 'Minutes' | 'End' | 'Bill' | 'Afterwards';

/** One statement. The rule is what anyone can check it by. */
export interface Said {
  readonly rule: Code | null;
  readonly says: string;
}

export interface Line extends Said {
  readonly stream: string;
  /** First and last revision of the facts that it stands on. */
  readonly revisions: readonly [first: number, last: number];
  /** Of the last of those facts. */
  readonly at: string;
}

export interface Section {
  readonly title: Title;
  readonly lines: readonly Line[];
}

export interface Explanation {
  readonly rental: string;
  readonly sections: readonly Section[];
  readonly findings: readonly Finding[];
}

export type DataOf<Name extends string> = Extract<RentalWire, { type: `${Name}.v1` }>['data'];

export const said = (rule: Code | null, says: string): Said => ({ rule, says });
