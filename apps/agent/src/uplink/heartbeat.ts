/** What the node says about itself, signed. */

import { AGENT_PROTOCOL, type GpuReport, type Heartbeat, type LeaseReport } from '@tokenos/contracts/agent/protocol';
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
      leases: [...leases()],
    });
}
