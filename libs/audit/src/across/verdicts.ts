/** What one rental says of its operators, read by the auditor: who completed it, who failed it, who was rated for how many paid minutes. */

import { amount, instant, MINUTE_MS } from '../units.js';
import type { RentalData, RentalWire } from '../wire.js';

/** What is on record of one operator. */
export interface Verdicts {
  readonly completed: { readonly wallet: string; readonly at: number }[];
  readonly failed: { readonly at: number }[];
  readonly ratings: Rated[];
}

/** Where it is put on record. */
export type VerdictsOf = (operatorId: string) => Verdicts;

export interface Rated {
  readonly rentalId: string;
  readonly buyerId: string;
  readonly stars: number;
  readonly minutes: number;
  readonly ratedAt: number;
  readonly at: number;
}

const COMPLETES = ['term_elapsed', 'buyer_stopped', 'preempted'];
/** promise@1: who waited longer than a minute for the start, without having agreed to, is given the first ten minutes. */
const GIVEN = 10;

/** No more of the request is kept than is asked for at the end. */
interface Requested {
  readonly rentalId: string;
  readonly buyerId: string;
  readonly patient: boolean;
  readonly expiresAt: number;
  readonly total: bigint;
}

const requestedOf = ({ rentalId, buyerId, terms, quote }: RentalData<'RentalRequested'>): Requested => ({
  ...{ rentalId, buyerId, patient: terms.maxWaitMs > MINUTE_MS },
  ...{ expiresAt: instant(quote.expiresAt), total: amount(quote.totalMicroUsdc) },
});

interface Served {
  readonly operatorId: string;
  minutes: number;
}

/** By operator, without the first `given`. */
function paidMinutes(served: readonly Served[], given: number): ReadonlyMap<string, number> {
  const paid = new Map<string, number>();
  let left = given;
  for (const { operatorId, minutes } of served) {
    const free = Math.min(left, minutes);
    left -= free;
    if (minutes > free) paid.set(operatorId, (paid.get(operatorId) ?? 0) + minutes - free);
  }
  return paid;
}

/** What is known of one rental. */
export interface Course {
  requested: Requested | null;
  readonly inTime: { readonly paid: bigint; readonly blockTime: number }[];
  wallet: string | null;
  readonly operators: Map<number, string>;
  /** The attempt whose machine is being started, or has the rental. */
  holder: number | null;
  runs: boolean;
  startedAt: number;
  endedBy: { readonly reason: string; readonly holder: number | null } | null;
  /** Who served how many minutes, one after the other. */
  readonly served: Served[];
  rating: { readonly stars: number; readonly ratedAt: number } | null;
  closed: boolean;
}

export const newCourse = (): Course => ({
  ...{ requested: null, inTime: [], wallet: null, operators: new Map<number, string>(), holder: null, runs: false },
  ...{ startedAt: 0, endedBy: null, served: [], rating: null, closed: false },
});

const HEARD: ReadonlySet<RentalWire['type']> = new Set([
  ...(['RentalRequested.v1', 'PaymentReceived.v1', 'RentalPlaced.v1', 'RentalStarted.v1', 'RentalResumed.v1'] as const),
  ...(['PlacementFailed.v1', 'RentalInterrupted.v1', 'RentalEnded.v1'] as const),
  ...(['UsageMetered.v1', 'MeterClosed.v1', 'RentalRated.v1'] as const),
]);

/** The others say nothing of operators, and need not be followed. */
export const concernsOperators = ({ type }: RentalWire): boolean => HEARD.has(type);

/** Nothing more can come but a rating: its meter is closed, or it never ran. */
export const isRead = ({ closed, endedBy, startedAt }: Course): boolean =>
  closed || (endedBy !== null && startedAt === 0);

/** Changes the course, and puts on record what is now known. */
export function follow(course: Course, fact: RentalWire, at: number, verdictsOf: VerdictsOf): void {
  switch (fact.type) {
    case 'RentalRequested.v1':
      course.requested = requestedOf(fact.data);
      break;
    case 'PaymentReceived.v1':
      pay(course, fact.data);
      break;
    case 'RentalPlaced.v1':
      course.operators.set(fact.data.attempt, fact.data.operatorId);
      course.holder = fact.data.attempt;
      break;
    case 'RentalStarted.v1':
      course.runs = true;
      course.startedAt = instant(fact.data.startedAt);
      break;
    case 'RentalResumed.v1':
      course.runs = true;
      break;
    case 'PlacementFailed.v1':
    case 'RentalInterrupted.v1':
      lose(course, fact.data.fault, at, verdictsOf);
      break;
    case 'RentalEnded.v1':
      course.endedBy = { reason: fact.data.reason, holder: course.runs ? course.holder : null };
      lose(course, fact.data.fault, at, verdictsOf);
      break;
    case 'UsageMetered.v1':
      serve(course, course.operators.get(fact.data.attempt) ?? '?', servedIn(fact.data.bitmap));
      break;
    case 'MeterClosed.v1':
      course.closed = true;
      complete(course, at, verdictsOf);
      rate(course, at, verdictsOf);
      break;
    case 'RentalRated.v1':
      course.rating = { stars: fact.data.stars, ratedAt: instant(fact.data.ratedAt) };
      rate(course, at, verdictsOf);
      break;
    default:
  }
}

function pay(course: Course, { payer, blockTime, amountMicroUsdc, extensionId }: RentalData<'PaymentReceived'>): void {
  course.wallet ??= payer;
  const expiry = course.requested?.expiresAt;
  if (extensionId !== undefined || expiry === undefined || instant(blockTime) > expiry) return;
  if (paidAt(course) === null) course.inTime.push({ paid: amount(amountMicroUsdc), blockTime: instant(blockTime) });
}

/** Block time of the payment that made the quote whole; null before. */
function paidAt(course: Course): number | null {
  let left = course.requested?.total ?? 0n;
  for (const { paid } of course.inTime) left -= paid;
  return left > 0n || course.inTime.length === 0 ? null : Math.max(...course.inTime.map(({ blockTime }) => blockTime));
}

function servedIn(bitmap: string): number {
  let served = 0;
  for (let index = 0; index < bitmap.length; index++) if (bitmap[index] === '1') served += 1;
  return served;
}

function serve(course: Course, operatorId: string, minutes: number): void {
  const last = course.served.at(-1);
  if (minutes === 0) return;
  if (last?.operatorId === operatorId) last.minutes += minutes;
  else course.served.push({ operatorId, minutes });
}

function lose(course: Course, fault: string, at: number, verdictsOf: VerdictsOf): void {
  const operatorId = course.holder === null ? undefined : course.operators.get(course.holder);
  if (fault === 'operator' && operatorId !== undefined) verdictsOf(operatorId).failed.push({ at });
  course.holder = null;
  course.runs = false;
}

function complete({ endedBy, operators, wallet, served }: Course, at: number, verdictsOf: VerdictsOf): void {
  const holder = endedBy?.holder ?? null;
  const operatorId = holder === null ? undefined : operators.get(holder);
  if (operatorId === undefined || wallet === null || !COMPLETES.includes(endedBy?.reason ?? '')) return;
  if (served.some((one) => one.operatorId === operatorId)) verdictsOf(operatorId).completed.push({ wallet, at });
}

function rate(course: Course, at: number, verdictsOf: VerdictsOf): void {
  const { rating, requested } = course;
  if (rating === null || requested === null || !course.closed) return;
  const { rentalId, buyerId, patient } = requested;
  const late = course.startedAt - (paidAt(course) ?? course.startedAt) > MINUTE_MS;
  for (const [operatorId, minutes] of paidMinutes(course.served, late && !patient ? GIVEN : 0)) {
    verdictsOf(operatorId).ratings.push({ rentalId, buyerId, ...rating, minutes, at });
  }
}
