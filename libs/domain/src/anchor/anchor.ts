/** The decider of `anchor-<day>`: one root for a day, in one memo on the chain, however often the process dies on the way. */

import { dayStart, type Day } from '../day.js';
import { accepted, ignored, rejected, type Decider, type Outcome } from '../decider.js';
import { DAY, type Millis } from '../time.js';
import type { AnchorFact, AnchorPlanned, AnchorPublished, AnchorSigned } from './facts.js';

export const ANCHOR = 'anchor@1';

/** What the store's order says of a day's anchor; the same whenever it is counted. */
export type Counted = Omit<AnchorPlanned, 'rules' | 'memo'>;

export type AnchorCommand =
  | { readonly type: 'BeginAnchor'; readonly at: Millis; readonly day: Day }
  | { readonly type: 'PlanAnchor'; readonly counted: Counted }
  | { readonly type: 'SignAnchor'; readonly signed: AnchorSigned }
  | { readonly type: 'ExpireAnchor'; readonly signature: string; readonly finalizedBlockHeight: number }
  | { readonly type: 'FailAnchor'; readonly signature: string; readonly error: string }
  | {
      readonly type: 'PublishAnchor';
      readonly signature: string;
      readonly slot: number;
      readonly blockTime: Millis;
    };

export type AnchorState =
  | { readonly status: 'absent' }
  | { readonly status: 'begun'; readonly day: Day }
  | { readonly status: 'planned'; readonly planned: AnchorPlanned }
  | { readonly status: 'signed'; readonly planned: AnchorPlanned; readonly signed: AnchorSigned }
  | { readonly status: 'published'; readonly published: AnchorPublished };

/** What the treasury signs: enough to recompute the root from an export, whatever store that came from. */
export const memoOf = ({ day, root, facts, streams }: Pick<Counted, 'day' | 'root' | 'facts' | 'streams'>): string =>
  `tokenos ${ANCHOR} ${day} root=${root} facts=${facts} streams=${streams}`;

function decide(state: AnchorState, command: AnchorCommand): Outcome<AnchorFact> {
  if (command.type === 'BeginAnchor') return begin(state, command);
  if (command.type === 'PlanAnchor') return plan(state, command);
  if (command.type === 'SignAnchor') {
    if (state.status !== 'planned')
      return state.status === 'signed' ? ignored('signed already') : wrong(state, command);
    return accepted({ type: 'AnchorSigned', data: command.signed });
  }
  return follow(state, command);
}

function begin(state: AnchorState, { at, day }: Extract<AnchorCommand, { type: 'BeginAnchor' }>): Outcome<AnchorFact> {
  if (state.status !== 'absent') return ignored('begun already');
  const notBefore = dayStart(day) + DAY;
  if (at < notBefore) return rejected({ code: 'too_early', context: { at, notBefore } });
  return accepted({ type: 'AnchorBegun', data: { day, rules: ANCHOR } });
}

/** What it covers is fixed by where it began, so a second count can only say the same. */
function plan(state: AnchorState, { counted }: Extract<AnchorCommand, { type: 'PlanAnchor' }>): Outcome<AnchorFact> {
  if (state.status === 'absent') return rejected({ code: 'anchor_absent', context: {} });
  if (state.status !== 'begun') return ignored('planned already');
  if (counted.day !== state.day) {
    return rejected({ code: 'wrong_anchor_day', context: { day: counted.day, begun: state.day } });
  }
  return accepted({ type: 'AnchorPlanned', data: { ...counted, rules: ANCHOR, memo: memoOf(counted) } });
}

type News = Extract<AnchorCommand, { readonly signature: string }>;

/** News of the bytes that are out; of bytes that were replaced only that they died is no surprise. */
function follow(state: AnchorState, command: News): Outcome<AnchorFact> {
  const { signature } = command;
  if (state.status === 'published') return ignored('published already');
  if (state.status !== 'signed')
    return command.type === 'ExpireAnchor' ? ignored('no bytes are out') : wrong(state, command);
  const { planned, signed } = state;
  if (signed.signature !== signature) {
    return command.type === 'PublishAnchor'
      ? rejected({ code: 'unknown_signature', context: { planId: `anchor-${planned.day}`, signature } })
      : ignored('it was signed again since');
  }
  switch (command.type) {
    case 'ExpireAnchor':
      return expire(planned, signed, command.finalizedBlockHeight);
    case 'FailAnchor':
      return accepted({ type: 'AnchorFailed', data: { signature, error: command.error } });
    case 'PublishAnchor': {
      const { treasury, genesisHash } = signed;
      const { slot, blockTime } = command;
      const landed = { treasury, signature, slot, blockTime, genesisHash };
      return accepted({ type: 'AnchorPublished', data: { ...planned, ...landed } });
    }
  }
}

/** Bytes that could still land are never replaced: two memos of one day could both stand on the chain. */
function expire(
  { day }: AnchorPlanned,
  { signature, lastValidBlockHeight }: AnchorSigned,
  finalizedBlockHeight: number,
): Outcome<AnchorFact> {
  if (finalizedBlockHeight > lastValidBlockHeight) {
    return accepted({ type: 'AnchorExpired', data: { signature, finalizedBlockHeight } });
  }
  const context = { planId: `anchor-${day}`, finalizedBlockHeight, lastValidBlockHeight };
  return rejected({ code: 'bytes_may_land', context });
}

function wrong({ status }: AnchorState, { type: command }: AnchorCommand): Outcome<never> {
  if (status === 'absent') return rejected({ code: 'anchor_absent', context: {} });
  if (status === 'published') return ignored('published already');
  return rejected({ code: 'anchor_state', context: { status, command } });
}

function evolve(state: AnchorState, fact: AnchorFact): AnchorState {
  if (fact.type === 'AnchorBegun') return { status: 'begun', day: fact.data.day };
  if (fact.type === 'AnchorPlanned') return { status: 'planned', planned: fact.data };
  if (fact.type === 'AnchorPublished') return { status: 'published', published: fact.data };
  if (state.status !== 'planned' && state.status !== 'signed') return state;
  const { planned } = state;
  return fact.type === 'AnchorSigned'
    ? { status: 'signed', planned, signed: fact.data }
    : { status: 'planned', planned };
}

export const anchorDecider: Decider<AnchorState, AnchorCommand, AnchorFact> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};
