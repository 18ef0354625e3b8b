/** What rentals say of operators, in the order in which it came on record. */

export interface Rated {
  readonly rentalId: string;
  readonly buyerId: string;
  readonly stars: number;
  /** Served by this operator, and not given away. */
  readonly minutes: number;
  readonly ratedAt: number;
  readonly at: number;
}

/** Of one operator. Times are epoch milliseconds; `at`: when it was recorded. */
export interface OnRecord {
  readonly completed: { readonly wallet: string; readonly at: number }[];
  readonly failed: { readonly at: number }[];
  readonly ratings: Rated[];
}

export class Verdicts {
  private readonly byOperator = new Map<string, OnRecord>();

  of(operatorId: string): OnRecord {
    const known = this.byOperator.get(operatorId);
    if (known !== undefined) return known;
    const none: OnRecord = { completed: [], failed: [], ratings: [] };
    this.byOperator.set(operatorId, none);
    return none;
  }
}
