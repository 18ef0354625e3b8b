/** The two witnesses of a minute: a heartbeat that the machine signed, and the platform's own probe. What is wrong with either. */

import { isSignedBy } from '@tokenos/contracts/agent/signature';
import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { EvidenceMinute } from '@tokenos/contracts/export/evidence-body';
import { instant } from '../units.js';
import type { Claim } from './claim.js';

type Heartbeat = NonNullable<EvidenceMinute['heartbeat']>;
type Probe = NonNullable<EvidenceMinute['probe']>;

/** A minute's time: from the first millisecond on, and before the second. */
export interface Minute {
  readonly from: number;
  readonly to: number;
}

/** Null where it vouches for the minute. `nodeKey` null: its signature cannot be checked, and is not. */
export function heartbeatFault(
  { at, message }: Heartbeat,
  { stream, usage, placed }: Claim,
  { from, to }: Minute,
  nodeKey: string | null,
): string | null {
  if (message.nodeId !== placed.nodeId) return `is of node ${message.nodeId}`;
  if (nodeKey !== null && !isSignedBy(message, nodeKey)) return 'is not signed by its node';
  if (at < from || at >= to) return 'arrived in another minute';
  const lease = message.leases.find(({ rentalId, attempt }) => rentalId === idOf(stream) && attempt === usage.attempt);
  if (lease === undefined) return 'does not name this lease';
  if (lease.state !== 'ready') return `says that the lease is ${lease.state}`;
  const isWell = (uuid: string): boolean =>
    lease.gpuUuids.includes(uuid) && message.gpus.some((gpu) => gpu.uuid === uuid && gpu.healthy);
  const missing = placed.gpus.find(({ uuid }) => !isWell(uuid));
  return missing === undefined ? null : `does not say that GPU ${missing.uuid} is leased and healthy`;
}

/** Null where it speaks of this minute, for good or ill. It carries no signature: it is the platform's own word. */
export function probeFault({ at, message }: Probe, { stream, usage, placed }: Claim, { to }: Minute): string | null {
  const { nodeId, rentalId, attempt } = message;
  if (rentalId !== idOf(stream) || nodeId !== placed.nodeId || attempt !== usage.attempt) {
    return 'is of another machine, rental or attempt';
  }
  if (at !== instant(message.beganAt)) return 'is dated otherwise than it says itself';
  return at < to ? null : 'began after the minute';
}
