/** How many may do something that lasts, at once: so many of one caller, so many of all together. */

export interface MostPlaces {
  readonly ofOne: number;
  readonly ofAll: number;
}

export class Places {
  private readonly taken = new Map<string, number>();
  private all = 0;

  constructor(private readonly most: MostPlaces) {}

  /** Gives it back, once however often it is called; or says whose places are all taken. */
  take(caller: string): (() => void) | 'ofOne' | 'ofAll' {
    const own = this.taken.get(caller) ?? 0;
    if (own >= this.most.ofOne) return 'ofOne';
    if (this.all >= this.most.ofAll) return 'ofAll';
    this.set(caller, own + 1);
    let given = false;
    return () => {
      if (!given) this.set(caller, (this.taken.get(caller) ?? 0) - 1);
      given = true;
    };
  }

  /** Callers who have one, for whoever counts what is remembered. */
  get callers(): number {
    return this.taken.size;
  }

  private set(caller: string, count: number): void {
    this.all += count - (this.taken.get(caller) ?? 0);
    if (count === 0) this.taken.delete(caller);
    else this.taken.set(caller, count);
  }
}
