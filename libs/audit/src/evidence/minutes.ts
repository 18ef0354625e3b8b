/** minutes@1: which minutes were served, judged again, one by one, from the heartbeats and probes themselves. */

import type { EvidenceBody, EvidenceMinute } from '@tokenos/contracts/export/evidence-body';
import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { Note } from '../finding.js';
import { MINUTE_MS } from '../units.js';
import type { Claim } from './claim.js';
import { heartbeatFault, probeFault, type Minute } from './witnesses.js';

/** How long before a minute's end the probe that vouches for it may have begun. */
const PROBE_REACH_MS = 2 * MINUTE_MS;

/** `nodeKey`: of the machine, as it enrolled; null where it is not in the export. */
export function checkMinutes(claim: Claim, body: EvidenceBody, nodeKey: string | null, note: Note): void {
  const { stream, usage } = claim;
  const { firstMinute, bitmap } = usage;
  const own = { rentalId: idOf(stream), minutes: [...bitmap].map((_, offset) => firstMinute + offset) };
  const told = { rentalId: body.rentalId, minutes: body.minutes.map(({ index }) => index) };
  if (!note.compare('minutes@1', 'what the evidence is about', own, told)) return;
  let before: EvidenceMinute['probe'] = null;
  for (const [offset, minute] of body.minutes.entries()) {
    checkMinute(claim, offset, minute, nodeKey, note);
    if (offset > 0 && isOutOfTurn(claim, minute, before)) {
      note('minutes@1', `minute ${minute.index - 1} was not judged by the last probe that began before its end`);
    }
    before = minute.probe;
  }
}

function checkMinute(claim: Claim, offset: number, told: EvidenceMinute, nodeKey: string | null, note: Note): void {
  const { index, heartbeat, probe } = told;
  const from = claim.startedAt + index * MINUTE_MS;
  const minute: Minute = { from, to: from + MINUTE_MS };
  const noHeartbeat = heartbeat === null ? 'is missing' : heartbeatFault(heartbeat, claim, minute, nodeKey);
  const noProbe = probe === null ? 'is missing' : probeFault(probe, claim, minute);
  if (heartbeat !== null && noHeartbeat !== null) note('minutes@1', `minute ${index}: its heartbeat ${noHeartbeat}`);
  if (probe !== null && noProbe !== null) note('minutes@1', `minute ${index}: its probe ${noProbe}`);
  const isVouchedFor =
    noHeartbeat === null &&
    noProbe === null &&
    probe !== null &&
    probeReaches(probe, minute) &&
    probe.message.succeeded;
  const served = claim.open[offset] === '1' && isVouchedFor;
  note.compare('minutes@1', `minute ${index}, by its evidence`, served ? '1' : '0', claim.usage.bitmap[offset] ?? '');
  note.compare('minutes@1', `minute ${index}, as its evidence puts it`, served, told.served);
}

const probeReaches = ({ at }: { readonly at: number }, { to }: Minute): boolean => to - at <= PROBE_REACH_MS;

/** The next minute's probe, where it began before this one was over, is the one that this had to be judged by. */
function isOutOfTurn({ startedAt }: Claim, { index, probe }: EvidenceMinute, before: EvidenceMinute['probe']): boolean {
  const over = startedAt + index * MINUTE_MS;
  if (probe === null) return before !== null;
  return before === null ? probe.at < over : probe.at < before.at || (probe.at > before.at && probe.at < over);
}
