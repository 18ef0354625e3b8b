/** A service's duties as its database keeps them: what runtime's duty-queue.ts and duty-claims.ts do to rows of a table, done to rows of a map. */

import type { Json } from '@tokenos/runtime/event-store/envelope';
import type { Cause } from '@tokenos/runtime/handle';
import { currentCause } from '@tokenos/runtime/service/cause';
import type { Duty, DutyChange } from '@tokenos/runtime/views/duty';
import type { Process } from './process.js';

export interface DutyRow {
  readonly kind: string;
  readonly key: string;
  /** Null: cancelled while it ran. */
  dueAt: number | null;
  version: number;
  attempts: number;
  payload: Json;
  cause: Cause | null;
  holder: { readonly process: Process; readonly until: number } | null;
}

export type Outcome =
  { readonly do: 'forget' } | { readonly do: 'retry'; readonly dueAt: number; readonly attempts: number };

export class DutyTable {
  private readonly rows = new Map<string, DutyRow>();
  private versions = 0;
  private listener: (row: DutyRow) => void = () => undefined;

  /** Hears of every row that is due, or due anew; whoever listens last. */
  listen(listener: (row: DutyRow) => void): void {
    this.listener = listener;
    for (const row of [...this.rows.values()]) listener(row);
  }

  apply(changes: readonly DutyChange[], cause: Cause | undefined = currentCause()): void {
    for (const change of changes) {
      if (change.do === 'schedule') this.schedule(change, cause ?? null);
      else this.cancel(change);
    }
  }

  /** Is the row as it was when it was announced, and nobody's? */
  isFree(row: DutyRow, version: number, now: number): boolean {
    if (this.rows.get(keyOf(row)) !== row || row.version !== version || row.dueAt === null) return false;
    return row.holder === null || (!row.holder.process.alive && row.holder.until < now);
  }

  /** What was scheduled or cancelled meanwhile (another version) wins over what came of the run. */
  release(row: DutyRow, version: number, outcome: Outcome): void {
    if (this.rows.get(keyOf(row)) !== row) return;
    const isOwn = row.version === version;
    if (isOwn ? outcome.do === 'forget' : row.dueAt === null) {
      this.rows.delete(keyOf(row));
      return;
    }
    row.holder = null;
    if (isOwn && outcome.do === 'retry') {
      row.dueAt = outcome.dueAt;
      row.attempts = outcome.attempts;
    }
    this.listener(row);
  }

  /** Duties cancelled while they ran, whose runner died. */
  sweepCancelled(): void {
    for (const [key, row] of this.rows)
      if (row.dueAt === null && row.holder?.process.alive !== true) this.rows.delete(key);
  }

  dueAt(kind: string, key: string): number | null {
    return this.rows.get(keyOf({ kind, key }))?.dueAt ?? null;
  }

  private schedule(change: Extract<DutyChange, { do: 'schedule' }>, cause: Cause | null): void {
    const { kind, key, dueAt, payload = null } = change;
    const known = this.rows.get(keyOf(change));
    const fresh = { dueAt, payload, cause, attempts: 0, version: ++this.versions };
    const row = known === undefined ? { kind, key, holder: null, ...fresh } : Object.assign(known, fresh);
    this.rows.set(keyOf(change), row);
    this.listener(row);
  }

  /** A running duty's row stays until it ends, so that scheduling it anew meanwhile cannot run it twice at once. */
  private cancel(change: Pick<Duty, 'kind' | 'key'>): void {
    const row = this.rows.get(keyOf(change));
    if (row === undefined) return;
    row.dueAt = null;
    row.version = ++this.versions;
    if (row.holder === null) this.rows.delete(keyOf(change));
  }
}

const keyOf = ({ kind, key }: Pick<Duty, 'kind' | 'key'>): string => `${kind} ${key}`;
