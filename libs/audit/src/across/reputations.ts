/** reputation@1 held against the rest of the export: what each score says it was computed from is gathered again, and computed again. */

import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { NoteAt } from '../here.js';
import { score } from '../reputation.js';
import { DAY_MS, instant, MINUTE_MS } from '../units.js';
import type { NodeWire, OperatorWire } from '../wire.js';
import { Daily, dayOf } from './daily.js';
import type { OnRecord, Rated, Verdicts } from './verdicts.js';

type Scored = Extract<OperatorWire, { type: 'ReputationRecomputed.v1' }>['data'];
type Uptime = Extract<NodeWire, { type: 'NodeUptimeRecorded.v1' }>['data'];
interface Recorded {
  readonly nodeId: string;
  readonly at: number;
  readonly said: Uptime;
}
interface Past extends OnRecord {
  readonly uptime: readonly Recorded[];
}
interface Score {
  readonly stream: string;
  readonly revision: number;
  readonly at: number;
  readonly scored: Scored;
}

const dayNamed = (day: string): number => dayOf(instant(`${day}T00:00:00.000Z`));

export class Reputations {
  /** From the day after it registered on, everyone is scored every day. */
  readonly daily = new Daily();
  private readonly owners = new Map<string, string>();
  private readonly uptime: Recorded[] = [];
  private readonly registered = new Map<string, number>();
  private readonly scores: Score[] = [];

  constructor(private readonly verdicts: Verdicts) {}

  seeNode(nodeId: string, fact: NodeWire, at: number): void {
    if (fact.type === 'NodeEnrolled.v1') this.owners.set(nodeId, fact.data.operatorId);
    if (fact.type === 'NodeUptimeRecorded.v1') this.uptime.push({ nodeId, at, said: fact.data });
  }

  seeOperator(stream: string, revision: number, fact: OperatorWire, at: number): void {
    if (fact.type === 'OperatorRegistered.v1') {
      this.registered.set(stream, dayOf(at));
      this.daily.joins(stream, dayOf(at) + 1);
    }
    if (fact.type === 'ReputationRecomputed.v1') {
      this.scores.push({ stream, revision, at, scored: fact.data });
      this.daily.record(stream, dayNamed(fact.data.day), at);
    }
  }

  /** `partial`: nothing is said of inputs, because the streams that they come from may be missing. */
  check(noteAt: NoteAt, partial: boolean): void {
    const uptime = this.uptimeByOperator();
    const last = new Map(this.registered);
    for (const { stream, revision, at, scored } of this.scores) {
      const note = noteAt(stream, revision);
      const { rules, day, inputs, scoreBps, tier, provisional } = scored;
      const today = dayNamed(day);
      if (!note.compare('reputation@1', 'rules of the score', 'reputation@1', rules)) continue;
      note.compare('reputation@1', 'the score of its inputs', { ...score(inputs) }, { scoreBps, tier, provisional });
      const before = last.get(stream);
      if (before !== undefined) note.compare('reputation@1', 'days are scored in order', before + 1, today);
      last.set(stream, today);
      if (at < today * DAY_MS + 5 * MINUTE_MS) note('reputation@1', 'it was scored before all of it was on record');
      if (partial) continue;
      const operatorId = idOf(stream);
      const own = { ...this.verdicts.of(operatorId), uptime: uptime.get(operatorId) ?? [] };
      note.compare('reputation@1', 'the inputs of the score', inputsOf(own, today), inputs);
    }
  }

  /** A node's owner may come after what is said of the node. */
  private uptimeByOperator(): ReadonlyMap<string, readonly Recorded[]> {
    const byOperator = new Map<string, Recorded[]>();
    for (const one of this.uptime) {
      const operatorId = this.owners.get(one.nodeId) ?? '?';
      const own = byOperator.get(operatorId);
      if (own === undefined) byOperator.set(operatorId, [one]);
      else own.push(one);
    }
    return byOperator;
  }
}

function inputsOf({ completed, failed, ratings, uptime }: Past, today: number): Scored['inputs'] {
  const sooner = ({ at }: { readonly at: number }): boolean => dayOf(at) < today;
  const recent = ({ at }: { readonly at: number }): boolean => dayOf(at) >= today - 90 && dayOf(at) < today;
  const days = uptime.filter(({ at }) => at < today * DAY_MS + 4 * MINUTE_MS).map(({ said }) => said);
  const expected = days.filter((said) => said.expectedMinutes > 0).map((said) => dayNamed(said.day));
  return {
    ageDays: expected.length === 0 ? 0 : Math.max(0, today - Math.min(...expected)),
    uptime: added(days.filter(({ day }) => dayNamed(day) < today && dayNamed(day) >= today - 30)),
    ratings: weighed(ratings.filter(sooner)),
    jobs: { completed: counted(completed.filter(recent)), failed: failed.filter(recent).length },
  };
}

function added(uptime: readonly Uptime[]): Scored['inputs']['uptime'] {
  const days = [...new Set(uptime.map(({ day }) => day))].sort();
  return days.map((day) => {
    const that = uptime.filter((said) => said.day === day);
    const sum = (minutes: (said: Uptime) => number): number => that.reduce((total, said) => total + minutes(said), 0);
    return {
      day,
      expectedMinutes: sum((said) => said.expectedMinutes),
      servedMinutes: sum((said) => said.servedMinutes),
      platformFaultMinutes: sum((said) => said.platformFaultMinutes),
    };
  });
}

/** Each buyer has 300 places, and fills them minute by minute: the newest rating first, 60 places of one rental at most. */
function weighed(ratings: readonly Rated[]): Scored['inputs']['ratings'] {
  const places = [...new Set(ratings.map(({ buyerId }) => buyerId))].flatMap((buyerId) => {
    const own = ratings.filter((one) => one.buyerId === buyerId);
    own.sort((a, b) => (a.ratedAt === b.ratedAt ? (a.rentalId < b.rentalId ? -1 : 1) : b.ratedAt - a.ratedAt));
    return own.flatMap((one) => Array.from({ length: Math.min(one.minutes, 60) }, () => one)).slice(0, 300);
  });
  return [1, 2, 3, 4, 5].flatMap((stars) => {
    const those = places.filter((one) => one.stars === stars);
    return those.length === 0 ? [] : [{ stars, ratings: new Set(those).size, weight: those.length }];
  });
}

/** Day by day, each wallet has room for five jobs, less those of its 29 days before. */
function counted(completed: readonly { readonly wallet: string; readonly at: number }[]): number {
  const taken = new Map<string, Map<number, number>>();
  const days = [...new Set(completed.map(({ at }) => dayOf(at)))].sort((a, b) => a - b);
  for (const day of days) {
    const today = completed.filter(({ at }) => dayOf(at) === day).map(({ wallet }) => wallet);
    for (const wallet of new Set(today)) {
      const own = taken.get(wallet) ?? new Map<number, number>();
      const before = [...own].filter(([then]) => then > day - 30).reduce((total, [, jobs]) => total + jobs, 0);
      own.set(day, Math.min(today.filter((one) => one === wallet).length, 5 - before));
      taken.set(wallet, own);
    }
  }
  return [...taken.values()].flatMap((own) => [...own.values()]).reduce((total, jobs) => total + jobs, 0);
}
