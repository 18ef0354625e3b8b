/** Runs duties when they are due: woken by commits, by a timer for the next one, and each second in case nobody called. */

import type { Kysely } from 'kysely';
import { backoffMs, type Random } from '../bus/backoff.js';
import type { Clock } from '../clock.js';
import { withCause } from '../service/cause.js';
import type { Signals } from '../service/signals.js';
import {
  type Claim,
  claimDue,
  extend,
  kindsWithout,
  nextDue,
  release,
  type Release,
  sweepCancelled,
} from './duty-claims.js';
import type { DutyQueue } from './duty-queue.js';
import type { DutyHandlers } from './duty.js';
import type { RuntimeTables } from './tables.js';
import { Waker } from './waker.js';

export interface DutyWorkerParts {
  readonly db: Kysely<RuntimeTables>;
  readonly queue: DutyQueue;
  readonly handlers: DutyHandlers;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly random: Random;
  /** Duties at once. */
  readonly concurrency?: number;
  /** A dead process's duties are free again after this; a live one renews three times as often. Wall time. */
  readonly leaseMs?: number;
  readonly pollMs?: number;
}

/** Failed attempts after which a duty is alarmed, once; it goes on being tried. */
export const ALARM_AFTER_ATTEMPTS = 5;

/** Shorter than any deadline that a duty serves (access ends within 5 s): what a process held when it died is done by the next one in time. */
const LEASE_MS = 3_000;

/** A due row that another process is just taking must not make us spin. */
const MIN_NAP_MS = 5;

export class DutyWorker {
  private readonly waker = new Waker();
  private readonly running = new Set<Promise<void>>();
  private readonly shutdown = new AbortController();
  private readonly kinds: readonly string[];
  private loop: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(private readonly parts: DutyWorkerParts) {
    this.kinds = Object.keys(parts.handlers);
    parts.queue.onWake(() => this.waker.wake());
  }

  async start(): Promise<void> {
    if (this.kinds.length === 0) return;
    await sweepCancelled(this.parts.db);
    const orphaned = await kindsWithout(this.parts.db, this.kinds);
    if (orphaned.length > 0) this.parts.signals.alarm('duty_without_handler', { kinds: orphaned });
    this.loop = this.work();
  }

  /** Claims nothing more and waits for what runs; after `graceMs` their signals abort. */
  async stop(graceMs = 5_000): Promise<void> {
    this.stopping = true;
    this.waker.wake();
    await this.loop;
    const abort = setTimeout(() => this.shutdown.abort(new Error('the service is shutting down')), graceMs);
    await Promise.all(this.running);
    clearTimeout(abort);
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      let napMs = this.parts.pollMs ?? 1_000;
      try {
        await this.claim();
        napMs = Math.min(napMs, await this.untilNextMs());
      } catch (err) {
        this.parts.signals.alarm('duties_unreadable', { err });
      }
      await this.waker.nap(napMs);
    }
  }

  private async claim(): Promise<void> {
    const { db, clock } = this.parts;
    const free = (this.parts.concurrency ?? 8) - this.running.size;
    if (free <= 0) return;
    for (const claim of await claimDue(db, this.kinds, clock.now(), free, this.leaseMs)) {
      const run = this.run(claim).finally(() => {
        this.running.delete(run);
        this.waker.wake();
      });
      this.running.add(run);
    }
  }

  /** While every slot is taken only an ending run matters, and it wakes us. */
  private async untilNextMs(): Promise<number> {
    if (this.running.size >= (this.parts.concurrency ?? 8)) return Infinity;
    const { db, clock } = this.parts;
    const next = await nextDue(db, this.kinds);
    return next === null ? Infinity : Math.max(MIN_NAP_MS, clock.toWallDuration(next - clock.now()));
  }

  private async run(claimed: Claim): Promise<void> {
    const { db, signals } = this.parts;
    const lost = new AbortController();
    let claim = claimed;
    let renewing: Promise<void> = Promise.resolve();
    const renew = async (): Promise<void> => {
      try {
        const extended = await extend(db, claim, this.leaseMs);
        if (extended === null) lost.abort(new Error('the lease ran out'));
        else claim = extended;
      } catch (err) {
        signals.alarm('duty_lease_not_renewed', { kind: claim.duty.kind, key: claim.duty.key, err });
      }
    };
    const timer = setInterval(() => {
      renewing = renewing.then(renew);
    }, this.leaseMs / 3);
    const outcome = await this.attempt(claim, AbortSignal.any([this.shutdown.signal, lost.signal]));
    clearInterval(timer);
    await renewing;
    // Not given back, it is free again when the lease runs out.
    await release(db, claim, outcome).catch((err: unknown) => signals.alarm('duty_not_released', { err }));
  }

  private async attempt({ duty, cause }: Claim, signal: AbortSignal): Promise<Release> {
    const { handlers, clock, signals, random } = this.parts;
    try {
      const handle = async () => handlers[duty.kind]?.(duty, signal);
      const outcome = await (cause === null ? handle() : withCause(cause, handle));
      return outcome === undefined || outcome === 'done'
        ? { do: 'forget' }
        : { do: 'retry', dueAt: outcome.again, attempts: 0, error: null };
    } catch (err) {
      const attempts = duty.attempts + 1;
      signals.count('duty_failed');
      if (attempts === ALARM_AFTER_ATTEMPTS) signals.alarm('duty_keeps_failing', { ...duty, err });
      // The pause is wall time: what failed out there does not recover faster because our clock runs fast.
      const pause = backoffMs(attempts, random) / clock.toWallDuration(1);
      const error = err instanceof Error ? err.message : String(err);
      return { do: 'retry', dueAt: Math.ceil(clock.now() + pause), attempts, error: error.slice(0, 500) };
    }
  }

  private get leaseMs(): number {
    return this.parts.leaseMs ?? LEASE_MS;
  }
}
