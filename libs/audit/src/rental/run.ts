/** A run as the auditor keeps it: which machine had the rental when, which minutes were served, and what a notice says. */

import type { Lease } from '../across/leases.js';
import { MINUTE_MS } from '../units.js';
import type { RentalData } from '../wire.js';

/** What is asked of a choice once it is made and checked. */
export type Machine = Omit<RentalData<'RentalPlaced'>, 'receipt' | 'endpoint'>;

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
  readonly billed: Billed[];
  /** Served minutes by node, those given away among them. */
  readonly byNode: { readonly nodeId: string; minutes: number }[];
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
  billed: [],
  byNode: [],
  notice: null,
});

export const lastStretch = ({ stretches }: Run): Stretch => stretches.at(-1) ?? stretches[0];

/** Whose minute it is: of the machines that had begun before the minute was over, the last. */
export function ownerOf(run: Run, minute: number): Stretch {
  const over = run.startedAt + (minute + 1) * MINUTE_MS;
  return run.stretches.findLast(({ from }) => from < over) ?? run.stretches[0];
}

/** Minutes in a row that one machine had, `to` excluded; those of them that were whole and its buyer could be in lie within `whole`. */
export interface Part {
  readonly from: number;
  readonly to: number;
  readonly owner: Attempt;
  readonly whole: { readonly from: number; readonly to: number };
}

/** The minutes from `from` to `to`, which is excluded, by whose they are. */
export function partsOf(run: Run, from: number, to: number): readonly Part[] {
  const parts: Part[] = [];
  for (let minute = from; minute < to;) {
    const stretch = ownerOf(run, minute);
    let ends = to;
    // The first minute of a later machine is the one in which it begins.
    for (let later = run.stretches.length - 1; run.stretches[later] !== stretch; later--) {
      ends = Math.min(ends, Math.floor(minutesInto(run, run.stretches[later]?.from ?? 0)));
    }
    parts.push({ from: minute, to: ends, owner: stretch.attempt, whole: wholeOf(run, stretch) });
    minute = ends;
  }
  return parts;
}

const minutesInto = ({ startedAt }: Run, at: number): number => (at - startedAt) / MINUTE_MS;

function wholeOf(run: Run, { billableFrom, lost }: Stretch): Part['whole'] {
  return {
    from: billableFrom === null ? Number.POSITIVE_INFINITY : Math.ceil(minutesInto(run, billableFrom)),
    to: lost === null ? Number.POSITIVE_INFINITY : Math.floor(minutesInto(run, lost.at)),
  };
}

/** Served minutes are given away while the promise is not used up, and billed from there on. `last`: the last of them. */
export function serve(run: Run, minutes: number, last: number, { placed }: Attempt): void {
  const { nodeId, operatorId, rateMicroUsdcPerHour: rate } = placed;
  run.servedUntil = run.startedAt + (last + 1) * MINUTE_MS;
  const node = run.byNode.find((one) => one.nodeId === nodeId);
  if (node === undefined) run.byNode.push({ nodeId, minutes });
  else node.minutes += minutes;
  const given = Math.min(minutes, run.promised - run.given);
  run.given += given;
  if (minutes === given) return;
  const group = run.billed.find((one) => one.operatorId === operatorId && one.rate === rate);
  if (group === undefined) run.billed.push({ operatorId, rate, minutes: minutes - given });
  else group.minutes += minutes - given;
}
