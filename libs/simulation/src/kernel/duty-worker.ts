/** Runs a service's duties when they are due in virtual time: so many at once, again later where they fail, as runtime's duty-worker.ts does. */

import { backoffMs, type Random } from '@tokenos/runtime/bus/backoff';
import { withCause } from '@tokenos/runtime/service/cause';
import type { Signals } from '@tokenos/runtime/service/signals';
import type { Duty, DutyHandlers, DutyOutcome } from '@tokenos/runtime/views/duty';
import { ALARM_AFTER_ATTEMPTS } from '@tokenos/runtime/views/duty-worker';
import type { DutyRow, DutyTable, Outcome } from './duty-table.js';
import type { Process } from './process.js';
import type { Steady } from './steady.js';
import type { Timeline } from './timeline.js';

/** A dead process's duties are free again after this. */
const LEASE_MS = 3_000;
/** Duties at once, unless a service says otherwise. */
const CONCURRENCY = 8;

export interface WorkerParts {
  readonly table: DutyTable;
  readonly handlers: DutyHandlers;
  readonly timeline: Timeline;
  readonly process: Process;
  readonly signals: Signals;
  readonly random: Random;
  readonly steady: Steady;
}

export class DutyWorker {
  private readonly waiting: (() => Promise<void> | undefined)[] = [];
  private readonly never = new AbortController().signal;
  private running = 0;

  constructor(private readonly parts: WorkerParts) {}

  start(): void {
    this.parts.table.sweepCancelled();
    this.parts.table.listen((row) => this.announce(row));
  }

  private announce(row: DutyRow): void {
    const { timeline, process, steady } = this.parts;
    if (!process.alive || row.dueAt === null) return;
    const { version, holder } = row;
    // Held by the living, it is announced again when it is released.
    if (holder !== null && holder.process.alive) return;
    const at = holder === null ? row.dueAt : Math.max(row.dueAt, holder.until + 1);
    const step = (): Promise<void> | undefined => this.take(row, version);
    if (steady.isQuiet(row)) timeline.quietlyAt(at, step);
    else timeline.at(at, step);
  }

  private take(row: DutyRow, version: number): Promise<void> | undefined {
    const { table, timeline, process } = this.parts;
    if (!process.alive || !table.isFree(row, version, timeline.now())) return undefined;
    if (row.dueAt === null || row.dueAt > timeline.now()) return undefined;
    if (this.running >= CONCURRENCY) {
      this.waiting.push(() => this.take(row, version));
      return undefined;
    }
    row.holder = { process, until: timeline.now() + LEASE_MS };
    return this.run(row, version);
  }

  private async run(row: DutyRow, version: number): Promise<void> {
    const { table, timeline, steady } = this.parts;
    this.running += 1;
    const { kind, key, dueAt, attempts, payload } = row;
    const duty: Duty = { kind, key, dueAt: dueAt ?? timeline.now(), attempts, payload };
    const outcome = await this.attempt(duty, row.cause);
    this.running -= 1;
    table.release(row, version, outcome.do === 'retry' ? steady.stretched(row, outcome, timeline) : outcome);
    const next = this.waiting.shift();
    if (next !== undefined) timeline.after(0, next);
  }

  private async attempt(duty: Duty, cause: DutyRow['cause']): Promise<Outcome> {
    const { handlers, timeline, signals, random } = this.parts;
    try {
      const handle = async (): Promise<DutyOutcome | undefined> => handlers[duty.kind]?.(duty, this.never);
      const outcome = await (cause === null ? handle() : withCause(cause, handle));
      if (outcome === undefined || outcome === 'done') return { do: 'forget' };
      return { do: 'retry', dueAt: outcome.again, attempts: 0 };
    } catch (err) {
      const attempts = duty.attempts + 1;
      signals.count('duty_failed');
      if (attempts === ALARM_AFTER_ATTEMPTS) signals.alarm('duty_keeps_failing', { ...duty, err });
      return { do: 'retry', dueAt: Math.ceil(timeline.now() + backoffMs(attempts, random)), attempts };
    }
  }
}
