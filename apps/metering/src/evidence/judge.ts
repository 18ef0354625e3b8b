/** From evidence to minutes: which of a run's minutes were served, and the bytes that show it. Pure. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { isServed, minuteEnd, minuteStart, type MinuteBitmap } from '@tokenos/domain/metering/minutes';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Run } from '@tokenos/domain/rental/run';
import type { Millis } from '@tokenos/domain/time';

export interface Heard<Message> {
  /** Heartbeats: when the bus stored it. Probes: when it began. Platform's time. */
  readonly at: Millis;
  readonly message: Message;
}

/** Both in time order, all of this rental, signatures checked. */
export interface Evidence {
  readonly heartbeats: readonly Heard<Heartbeat>[];
  readonly probes: readonly Heard<ProbeResult>[];
}

/** One minute, and the heartbeat and probe that it was judged by. */
export interface Verdict {
  readonly index: number;
  readonly served: boolean;
  readonly heartbeat: Heard<Heartbeat> | null;
  readonly probe: Heard<ProbeResult> | null;
}

/** Judges minutes [first, first + count). */
export function judge(rentalId: string, run: Run, first: number, count: number, evidence: Evidence): Verdict[] {
  return Array.from({ length: count }, (_, offset) => judgeMinute(rentalId, run, first + offset, evidence));
}

function judgeMinute(rentalId: string, run: Run, index: number, { heartbeats, probes }: Evidence): Verdict {
  const from = minuteStart(run.startedAt, index);
  const to = minuteEnd(run.startedAt, index);
  const { placement } = run;
  const heartbeat = heartbeats.find(
    ({ at, message }) => at >= from && at < to && vouches(message, rentalId, placement),
  );
  const probe = probes.findLast(({ at, message }) => at < to && concerns(message, placement));
  const served = isServed(to, {
    heartbeat: heartbeat !== undefined,
    latestProbe: probe === undefined ? null : { beganAt: probe.at, succeeded: probe.message.succeeded },
  });
  return { index, served, heartbeat: heartbeat ?? null, probe: probe ?? null };
}

const concerns = ({ nodeId, attempt }: ProbeResult, placement: RentalPlaced): boolean =>
  nodeId === placement.nodeId && attempt === placement.attempt;

/** The placed node names this lease as ready, with every leased GPU on it and healthy. Anyone may name any lease. */
export function vouches(heartbeat: Heartbeat, rentalId: string, { nodeId, attempt, gpus }: RentalPlaced): boolean {
  if (heartbeat.nodeId !== nodeId) return false;
  const lease = heartbeat.leases.find((report) => report.rentalId === rentalId && report.attempt === attempt);
  if (lease?.state !== 'ready') return false;
  const healthy = new Set(heartbeat.gpus.filter((gpu) => gpu.healthy).map((gpu) => gpu.uuid));
  return gpus.every(({ uuid }) => lease.gpuUuids.includes(uuid) && healthy.has(uuid));
}

export const bitmapOf = (verdicts: readonly Verdict[]): MinuteBitmap =>
  verdicts.map(({ served }) => (served ? '1' : '0')).join('');

export interface Proof {
  /** Canonical JSON of the verdicts with their evidence. */
  readonly body: string;
  readonly sha256: string;
}

export function proofOf(rentalId: string, verdicts: readonly Verdict[]): Proof {
  const body = canonical({ rentalId, minutes: verdicts });
  return { body, sha256: sha256Hex(body) };
}
