/** What the node says about itself, signed. */

import {
  AGENT_PROTOCOL,
  MAX_ENTRIES,
  type GpuReport,
  type Heartbeat,
  type LeaseReport,
} from '@tokenos/contracts/agent/protocol';
import type { Clock } from '@tokenos/runtime/clock';
import type { NodeKey } from '../identity/node-key.js';

export interface HeartbeatParts {
  readonly nodeId: string;
  /** Fresh for every start of the agent. */
  readonly bootId: string;
  readonly key: NodeKey;
  readonly clock: Clock;
  readonly gpus: () => readonly GpuReport[];
  readonly leases: () => readonly LeaseReport[];
}

/** Each call is the next heartbeat of this boot. */
export function heartbeats({ nodeId, bootId, key, clock, gpus, leases }: HeartbeatParts): () => Heartbeat {
  let seq = 0;
  return () =>
    key.signed({
      protocol: AGENT_PROTOCOL,
      nodeId,
      seq: seq++,
      bootId,
      sentAt: new Date(clock.now()).toISOString(),
      gpus: [...gpus()],
      leases: mostTelling(leases()),
    });
}

/** As many as the platform takes: those alive, then what is over from the newest on, because the older was said most often. */
function mostTelling(reports: readonly LeaseReport[]): LeaseReport[] {
  if (reports.length <= MAX_ENTRIES) return [...reports];
  const isOver = ({ state }: LeaseReport): number => (state === 'failed' || state === 'ended' ? 1 : 0);
  const newestFirst = (a: LeaseReport, b: LeaseReport): number => Date.parse(b.since) - Date.parse(a.since);
  return reports.toSorted((a, b) => isOver(a) - isOver(b) || newestFirst(a, b)).slice(0, MAX_ENTRIES);
}
