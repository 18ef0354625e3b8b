/** A run as the auditor keeps it: which machine had the rental when, which minutes were served, and what a notice says. */

import type { Lease } from '../across/leases.js';
import { MINUTE_MS } from '../units.js';
import type { RentalData } from '../wire.js';

/** What is asked of a choice once it is made; its receipt is checked at once, and again across streams. */
type Machine = Omit<RentalData<'RentalPlaced'>, 'receipt'>;

export interface Attempt {
  readonly placed: Machine;
  readonly leases: readonly Lease[];
}

/** One machine's part of a run. */
export interface Stretch {
  readonly attempt: Attempt;
  readonly from: number;
  /** Minutes that start earlier are free; after a failover null until the buyer is back. */
  billableFrom: number | null;
  /** When the machine was lost, and until when it believed to be paid then. */
  lost: { readonly at: number; readonly paidUntil: number } | null;
}

/** Billed minutes at one operator's rate. */
export interface Billed {
  readonly operatorId: string;
  readonly rate: string;
  minutes: number;
}

export interface Notice {
  readonly noticedAt: number;
  deliveredAt: number | null;
}

export interface Run {
  readonly startedAt: number;
  endsAt: number;
  /** promise@1: so many of the first served minutes are free. */
  readonly promised: number;
  /** How many of those were served so far. */
  given: number;
  /** Index of the first minute nobody has metered yet. */
  nextMinute: number;
  /** End of the last served minute. */
  servedUntil: number;
  /** Oldest first, at least one. */
  readonly stretches: [Stretch, ...Stretch[]];
  /** By operator and rate, in the order of their first billed minute. */
  readonly billed: Map<string, Billed>;
  /** Served minutes by node, those given away among them. */
  readonly byNode: Map<string, number>;
  /** Told to yield; null again once the machine is lost. */
  notice: Notice | null;
}

export const newRun = (attempt: Attempt, startedAt: number, endsAt: number, promised: number): Run => ({
  startedAt,
  endsAt,
  promised,
  given: 0,
  nextMinute: 0,
  servedUntil: startedAt,
  stretches: [{ attempt, from: startedAt, billableFrom: startedAt, lost: null }],
  billed: new Map(),
  byNode: new Map(),
  notice: null,
});

export const lastStretch = ({ stretches }: Run): Stretch => stretches.at(-1) ?? stretches[0];

/** Whose minute it is: of the machines that had begun before the minute was over, the last. */
export function ownerOf(run: Run, minute: number): Stretch {
  const over = run.startedAt + (minute + 1) * MINUTE_MS;
  return run.stretches.findLast(({ from }) => from < over) ?? run.stretches[0];
}

/** The machine had the whole minute, and the buyer could be in it. */
export function isWhole(run: Run, minute: number, { billableFrom, lost }: Stretch): boolean {
  const begins = run.startedAt + minute * MINUTE_MS;
  const early = billableFrom === null || begins < billableFrom;
  return !early && (lost === null || begins + MINUTE_MS <= lost.at);
}

/** A served minute is given away while the promise is not used up, and billed from there on. */
export function serve(run: Run, minute: number, { placed }: Attempt): void {
  const { nodeId, operatorId, rateMicroUsdcPerHour: rate } = placed;
  run.servedUntil = run.startedAt + (minute + 1) * MINUTE_MS;
  run.byNode.set(nodeId, (run.byNode.get(nodeId) ?? 0) + 1);
  if (run.given < run.promised) {
    run.given += 1;
    return;
  }
  const key = `${operatorId} ${rate}`;
  const group = run.billed.get(key) ?? { operatorId, rate, minutes: 0 };
  group.minutes += 1;
  run.billed.set(key, group);
}
