/** What one rental says of its operators, read by the auditor: who completed it, who failed it, who was rated for how many paid minutes. */

import { amount, instant, MINUTE_MS } from '../units.js';
import type { RentalData, RentalWire } from '../wire.js';

export interface Verdicts {
  readonly completed: { readonly operatorId: string; readonly wallet: string; readonly at: number }[];
  readonly failed: { readonly operatorId: string; readonly at: number }[];
  readonly ratings: Rated[];
}

export interface Rated {
  readonly operatorId: string;
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

export class Verdict {
  private requested: RentalData<'RentalRequested'> | null = null;
  private readonly inTime: { readonly paid: bigint; readonly blockTime: number }[] = [];
  private wallet: string | null = null;
  private readonly operators = new Map<number, string>();
  /** The attempt whose machine is being started, or has the rental. */
  private holder: number | null = null;
  private runs = false;
  private startedAt = 0;
  private endedBy: { readonly reason: string; readonly holder: number | null } | null = null;
  /** One entry per served minute, in order: who served it. */
  private readonly served: string[] = [];
  private rating: { readonly stars: number; readonly ratedAt: number } | null = null;
  private closed = false;
  readonly verdicts: Verdicts = { completed: [], failed: [], ratings: [] };

  see(fact: RentalWire, at: number): void {
    switch (fact.type) {
      case 'RentalRequested.v1':
        this.requested = fact.data;
        break;
      case 'PaymentReceived.v1':
        this.pay(fact.data);
        break;
      case 'RentalPlaced.v1':
        this.operators.set(fact.data.attempt, fact.data.operatorId);
        this.holder = fact.data.attempt;
        break;
      case 'RentalStarted.v1':
        this.runs = true;
        this.startedAt = instant(fact.data.startedAt);
        break;
      case 'RentalResumed.v1':
        this.runs = true;
        break;
      case 'PlacementFailed.v1':
      case 'RentalInterrupted.v1':
        this.lose(fact.data.fault, at);
        break;
      case 'RentalEnded.v1':
        this.endedBy = { reason: fact.data.reason, holder: this.runs ? this.holder : null };
        this.lose(fact.data.fault, at);
        break;
      case 'UsageMetered.v1':
        for (const bit of fact.data.bitmap) {
          if (bit === '1') this.served.push(this.operators.get(fact.data.attempt) ?? '?');
        }
        break;
      case 'MeterClosed.v1':
        this.closed = true;
        this.complete(at);
        this.rate(at);
        break;
      case 'RentalRated.v1':
        this.rating = { stars: fact.data.stars, ratedAt: instant(fact.data.ratedAt) };
        this.rate(at);
        break;
      default:
    }
  }

  private pay({ payer, blockTime, amountMicroUsdc, extensionId }: RentalData<'PaymentReceived'>): void {
    this.wallet ??= payer;
    const expiry = this.requested?.quote.expiresAt;
    if (extensionId !== undefined || expiry === undefined || instant(blockTime) > instant(expiry)) return;
    if (this.paidAt() === null) this.inTime.push({ paid: amount(amountMicroUsdc), blockTime: instant(blockTime) });
  }

  /** Block time of the payment that made the quote whole; null before. */
  private paidAt(): number | null {
    let left = amount(this.requested?.quote.totalMicroUsdc ?? '0');
    for (const { paid } of this.inTime) left -= paid;
    return left > 0n || this.inTime.length === 0 ? null : Math.max(...this.inTime.map(({ blockTime }) => blockTime));
  }

  private lose(fault: string, at: number): void {
    const operatorId = this.holder === null ? undefined : this.operators.get(this.holder);
    if (fault === 'operator' && operatorId !== undefined) this.verdicts.failed.push({ operatorId, at });
    this.holder = null;
    this.runs = false;
  }

  private complete(at: number): void {
    const holder = this.endedBy?.holder ?? null;
    const operatorId = holder === null ? undefined : this.operators.get(holder);
    if (operatorId === undefined || this.wallet === null || !COMPLETES.includes(this.endedBy?.reason ?? '')) return;
    if (this.served.includes(operatorId)) this.verdicts.completed.push({ operatorId, wallet: this.wallet, at });
  }

  private rate(at: number): void {
    const { rating, requested } = this;
    if (rating === null || requested === null || !this.closed) return;
    const patient = requested.terms.maxWaitMs > MINUTE_MS;
    const late = this.startedAt - (this.paidAt() ?? this.startedAt) > MINUTE_MS;
    const paid = late && !patient ? this.served.slice(GIVEN) : this.served;
    const { rentalId, buyerId } = requested;
    for (const operatorId of new Set(paid)) {
      const minutes = paid.filter((one) => one === operatorId).length;
      this.verdicts.ratings.push({ operatorId, rentalId, buyerId, ...rating, minutes, at });
    }
  }
}
