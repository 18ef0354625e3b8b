/** When a request would have its machine, and what it must accept for that. Pure: the ranking is placement@1's, with the same inputs. */

import type { Readiness } from '@tokenos/contracts/api/rental-request';
import type { MicroUsdc } from '@tokenos/domain/money';
import { refusal as admissionRefusal } from '@tokenos/domain/placement/admission';
import { rank, type Ranking, type Wanted } from '@tokenos/domain/placement/placement';
import { NOTICE } from '@tokenos/domain/preemption/deadline';
import type { CapacityLack } from '@tokenos/domain/rejections';
import { SECOND, type Millis } from '@tokenos/domain/time';
import { problemOf, refusal, type Problem } from '../problem/problem.js';
import type { Prospect } from '../view/machines.js';
import { NO_CAP, type AskedTerms } from './terms.js';

/** What an idle machine takes from payment to the first login, rounded up. */
const IDLE_READY: Millis = 5 * SECOND;
/** Delivery of the notice, 90 seconds, and the start: what a beneficiary's wait grows to. */
export const AFTER_NOTICE: Millis = NOTICE + 30 * SECOND;

export type Prospects =
  | { readonly kind: 'served'; readonly rateMicroUsdcPerHour: MicroUsdc; readonly ready: Readiness }
  | { readonly kind: 'refused'; readonly problem: Problem };

export interface Asked {
  readonly terms: AskedTerms;
  /** The buyer's own cap; null where it names none. */
  readonly cap: MicroUsdc | null;
  readonly allowQueue: boolean;
  /** Idle GPUs of each class that new SPOT rentals leave alone: what allocation is told as well. */
  readonly spotReserve: number;
}

/** An idle machine; else one whose SPOT rentals make way; else, where the buyer says so, the queue. */
export function prospectsOf(asked: Asked, machines: readonly Prospect[]): Prospects {
  const { terms, cap, allowQueue } = asked;
  const wanted: Wanted = { ...terms, capMicroUsdcPerHour: cap ?? NO_CAP, excludedNodeIds: [] };
  const idle = rank(admitted(asked, machines), wanted).ranked[0];
  if (idle !== undefined) return served(idle, IDLE_READY, 'idle', 'a machine is free now and starts once it is paid');

  const yielding =
    terms.tier === 'SPOT' ? undefined : rank(admitted(asked, machines.map(afterNotice)), wanted).ranked[0];
  if (yielding !== undefined) {
    if (terms.maxWaitMs < AFTER_NOTICE) return { kind: 'refused', problem: needsLongerWait() };
    return served(yielding, AFTER_NOTICE, 'after_notice', 'SPOT rentals make way for it, after 90 seconds of notice');
  }

  // The queue is priced by who could serve it once free: anyone's GPUs may be.
  const any = rank(machines.map(wholly), wanted).ranked[0];
  const rate = any?.rateMicroUsdcPerHour ?? cap;
  if (!allowQueue || rate === null) return { kind: 'refused', problem: noCapacity(terms, wanted, machines) };
  return { kind: 'served', rateMicroUsdcPerHour: rate, ready: queued(terms.maxWaitMs) };
}

/** Those that allocation would pass over for the sake of other tiers have nothing idle for this one. */
function admitted({ terms, spotReserve }: Asked, machines: readonly Prospect[]): readonly Prospect[] {
  const rooms = machines.filter((one) => one.gpuTier === terms.gpuTier && one.online && one.verified && !one.draining);
  const asked = { tier: terms.tier, gpuCount: terms.gpuCount, spotReserve };
  return machines.map((machine) =>
    admissionRefusal(rooms, machine.nodeId, asked) === null ? machine : { ...machine, idleGpus: 0 },
  );
}

const afterNotice = (machine: Prospect): Prospect => ({
  ...machine,
  idleGpus: machine.idleGpus + machine.spotGpus,
  spotGpus: 0,
});
const wholly = (machine: Prospect): Prospect => ({ ...machine, idleGpus: machine.gpus });

const served = (
  best: Ranking['ranked'][number],
  inMs: Millis,
  why: 'idle' | 'after_notice',
  detail: string,
): Prospects => ({
  kind: 'served',
  rateMicroUsdcPerHour: best.rateMicroUsdcPerHour,
  ready: { inSeconds: inMs / SECOND, why, detail },
});

export const queued = (maxWaitMs: Millis): Readiness => ({
  inSeconds: null,
  why: 'queued',
  detail: `no machine is free now: the first that is serves it; if none is within ${maxWaitMs / SECOND} seconds of the payment, everything comes back`,
});

function needsLongerWait(): Problem {
  const seconds = AFTER_NOTICE / SECOND;
  const detail = `No machine is idle. SPOT rentals can make way within ${seconds} seconds: send "maxWaitSeconds": ${seconds} or more.`;
  return problemOf('longer_wait_needed', { detail, errors: [{ pointer: '/maxWaitSeconds', detail }] });
}

function noCapacity({ gpuTier, gpuCount }: AskedTerms, wanted: Wanted, machines: readonly Prospect[]): Problem {
  const atAnyPrice = rank(machines, { ...wanted, capMicroUsdcPerHour: NO_CAP }).ranked.length > 0;
  const isOffered = machines.some((one) => one.gpuTier === gpuTier && one.verified && !one.draining);
  const lack: CapacityLack = atAnyPrice ? 'within_price' : isOffered ? 'free' : 'offered';
  return refusal({ code: 'no_capacity', context: { gpuTier, gpuCount, lack } });
}
