/** From evidence to minutes: which of a run's minutes were served, and the bytes that show it. Pure. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { isServed, minuteEnd, minuteStart, type MinuteBitmap } from '@tokenos/domain/metering/minutes';
import type { Run } from '@tokenos/domain/rental/state';
import type { Millis } from '@tokenos/domain/time';

export interface HeardHeartbeat {
  /** When the bus stored it, platform's time. */
  readonly at: Millis;
  readonly message: Heartbeat;
}

export interface HeardProbe {
  /** When it began, platform's time. */
  readonly at: Millis;
  readonly message: ProbeResult;
}

export interface Evidence {
  /** Both in time order, all of this rental, signatures checked. */
  readonly heartbeats: readonly HeardHeartbeat[];
  readonly probes: readonly HeardProbe[];
}

export interface Judged {
  readonly bitmap: MinuteBitmap;
  /** Canonical JSON: for each minute the heartbeat and the probe it was judged by. */
  readonly body: string;
  readonly sha256: string;
}

/** Judges minutes [first, first + count). */
export function judge(rentalId: string, run: Run, first: number, count: number, evidence: Evidence): Judged {
  const minutes = Array.from({ length: count }, (_, offset) => judgeMinute(rentalId, run, first + offset, evidence));
  const body = canonical({ rentalId, minutes });
  return { bitmap: minutes.map((minute) => (minute.served ? '1' : '0')).join(''), body, sha256: sha256Hex(body) };
}

function judgeMinute(rentalId: string, run: Run, index: number, { heartbeats, probes }: Evidence) {
  const from = minuteStart(run.startedAt, index);
  const to = minuteEnd(run.startedAt, index);
  const heartbeat = heartbeats.find(
    (heard) => heard.at >= from && heard.at < to && vouches(heard.message, rentalId, run),
  );
  const probe = probes.findLast((heard) => heard.at < to && heard.message.attempt === run.placement.attempt);
  const served = isServed(to, {
    sameAttempt: true,
    heartbeat: heartbeat !== undefined,
    latestProbe: probe === undefined ? null : { beganAt: probe.at, succeeded: probe.message.succeeded },
  });
  return { index, served, heartbeat: heartbeat ?? null, probe: probe ?? null };
}

/** Names this lease as ready, with every leased GPU on it and healthy. */
export function vouches(heartbeat: Heartbeat, rentalId: string, run: Run): boolean {
  const { attempt, gpus } = run.placement;
  const lease = heartbeat.leases.find((report) => report.rentalId === rentalId && report.attempt === attempt);
  if (lease?.state !== 'ready') return false;
  const healthy = new Set(heartbeat.gpus.filter((gpu) => gpu.healthy).map((gpu) => gpu.uuid));
  return gpus.every(({ uuid }) => lease.gpuUuids.includes(uuid) && healthy.has(uuid));
}
