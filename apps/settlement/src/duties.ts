/** All that settlement does when it is due: the same functions in production and in the simulation. */

import type { Millis } from '@tokenos/domain/time';
import type { Duty, DutyChange, DutyHandlers, DutyOutcome } from '@tokenos/runtime/views/duty';
import { beginAnchor } from './anchors/begin.js';
import { publishAnchor } from './anchors/publish.js';
import { expire, finality } from './incoming/after.js';
import { look, scan, scanForeign } from './incoming/watch.js';
import { returnPayment } from './outgoing/return.js';
import { settle } from './outgoing/settle.js';
import type { Parts } from './parts.js';
import type { DutyKind } from './reactions.js';

const duties: Readonly<Record<DutyKind, (parts: Parts, duty: Duty) => Promise<DutyOutcome>>> = {
  scan,
  scan_foreign: scanForeign,
  look,
  finality,
  expire,
  settle,
  return: returnPayment,
  begin_anchor: beginAnchor,
  anchor: publishAnchor,
};

export const settlementDuties = (parts: Parts): DutyHandlers =>
  Object.fromEntries(Object.entries(duties).map(([kind, run]) => [kind, (duty: Duty) => run(parts, duty)]));

/** At the start: what was paid while nobody listened is found at once. */
export const scansDue = (now: Millis): readonly DutyChange[] =>
  (['scan', 'scan_foreign'] satisfies DutyKind[]).map((kind) => ({
    do: 'schedule',
    kind,
    key: 'treasury',
    dueAt: now,
  }));

/** A hint is nobody's word for a payment: the chain is asked. */
export const looksDue = (signatures: readonly string[], hintedAt: Millis): readonly DutyChange[] =>
  signatures.map((key) => ({
    do: 'schedule',
    kind: 'look' satisfies DutyKind,
    key,
    dueAt: hintedAt,
    payload: { hintedAt },
  }));
