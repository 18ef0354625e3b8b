/** From evidence to minutes: which of a run's minutes were served, and the bytes that show it. Pure. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { isServed, minuteEnd, minuteStart, type MinuteBitmap } from '@tokenos/domain/metering/minutes';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { isBillable, segmentOf, type Run } from '@tokenos/domain/rental/run';
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

/**
 * Judges minutes [first, first + count), each by the machine that had it: what another one says of it counts for nothing. Each
 * piece of evidence is looked at once.
 */
export function judge(rentalId: string, run: Run, first: number, count: number, evidence: Evidence): Verdict[] {
  const heartbeats = inTurn(evidence.heartbeats);
  const probes = inTurn(evidence.probes);
  const latestProbes = new Map<string, Heard<ProbeResult>>();
  return Array.from({ length: count }, (_, offset): Verdict => {
    const index = first + offset;
    const from = minuteStart(run.startedAt, index);
    const to = minuteEnd(run.startedAt, index);
    const { placement } = segmentOf(run, index);
    heartbeats.before(from);
    const heartbeat = heartbeats.before(to).find(({ message }) => vouches(message, rentalId, placement)) ?? null;
    for (const probe of probes.before(to)) latestProbes.set(attemptOf(probe.message), probe);
    const probe = latestProbes.get(attemptOf(placement)) ?? null;
    const latestProbe = probe === null ? null : { beganAt: probe.at, succeeded: probe.message.succeeded };
    const served = isBillable(run, index) && isServed(to, { heartbeat: heartbeat !== null, latestProbe });
    return { index, served, heartbeat, probe };
  });
}

/** Hands out what comes before a time, each once. */
function inTurn<Message>(heard: readonly Heard<Message>[]) {
  let next = 0;
  return {
    before(at: Millis): readonly Heard<Message>[] {
      const from = next;
      for (let one = heard[next]; one !== undefined && one.at < at; one = heard[next]) next += 1;
      return heard.slice(from, next);
    },
  };
}

const attemptOf = ({ nodeId, attempt }: { nodeId: string; attempt: number }): string => `${nodeId} ${attempt}`;

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
