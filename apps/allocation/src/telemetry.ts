/** What a heartbeat makes due. Pure: the heartbeat is level state, so a lost one is made good by the next. */

import type { Heartbeat, LeaseReport } from '@tokenos/contracts/agent/protocol';
import type { DutyChange } from '@tokenos/runtime/views/duty';
import type { Millis } from '@tokenos/domain/time';
import { plainWords } from './probe/plain-words.js';
import type { Lease, LeasePhase } from './ports/fleet.js';

export interface KnownNode {
  /** The GPUs it enrolled with, where it waits to be verified. */
  readonly unverifiedGpus: readonly string[] | null;
  /** Leases on this node that are not over. */
  readonly leases: readonly Omit<Lease, 'nodeId'>[];
}

export function dutiesOfHeartbeat(heartbeat: Heartbeat, node: KnownNode, at: Millis): readonly DutyChange[] {
  const changes: DutyChange[] = [];
  if (node.unverifiedGpus !== null) {
    const missing = node.unverifiedGpus.filter((uuid) => !heartbeat.gpus.some((gpu) => gpu.uuid === uuid));
    changes.push({ do: 'schedule', kind: 'verify', key: heartbeat.nodeId, dueAt: at, payload: { missing } });
  }
  for (const lease of node.leases) {
    const report = heartbeat.leases.find((one) => one.rentalId === lease.rentalId && one.attempt === lease.attempt);
    if (report !== undefined) changes.push(...dutiesOfReport(report, lease, at));
  }
  return changes;
}

function dutiesOfReport(report: LeaseReport, lease: KnownNode['leases'][number], dueAt: Millis): DutyChange[] {
  const { rentalId: key, attempt, buyerSince, checkpoint } = report;
  const byState = dutyOfState(report, lease.phase, dueAt);
  const changes: DutyChange[] = byState === null ? [] : [byState];
  if (lease.awaitsBuyer && lease.phase === 'running' && buyerSince !== undefined) {
    changes.push({ do: 'schedule', kind: 'returned', key, dueAt, payload: { attempt, since: buyerSince } });
  }
  if (checkpoint !== undefined && lease.checkpointAt === Date.parse(checkpoint.requestedAt)) {
    changes.push({ do: 'schedule', kind: 'checkpoint', key, dueAt, payload: { attempt, saved: checkpoint } });
  }
  return changes;
}

function dutyOfState(report: LeaseReport, phase: LeasePhase, dueAt: Millis): DutyChange | null {
  const { rentalId: key, attempt, state } = report;
  if (phase === 'starting' && state === 'ready') return { do: 'schedule', kind: 'start', key, dueAt };
  if (phase === 'starting' && state === 'failed') {
    return { do: 'schedule', kind: 'attempt-deadline', key, dueAt, payload: { attempt, why: whyOf(report) } };
  }
  if (phase === 'running' && state === 'failed') {
    return { do: 'schedule', kind: 'lost', key, dueAt, payload: { attempt } };
  }
  // A machine may hear of the end before our own view does: the stream will say whether access was to go.
  if (state === 'ended' || (phase === 'ending' && state === 'failed')) {
    return { do: 'schedule', kind: 'revoke', key, dueAt, payload: { attempt, since: report.since } };
  }
  return null;
}

function whyOf({ detail }: LeaseReport): string {
  const words = plainWords(detail ?? '');
  return words === '' ? 'the agent reported a failure' : words;
}
