/** settlement@1: a correction goes to an operator who ran the rental, at the wallet that was in force, and to nobody who had no part in it. */

import type { NoteAt } from '../here.js';
import type { Operators } from './operators.js';

/** What one correction pays to one wallet, and who could have asked for it. */
export interface MadeGood {
  readonly stream: string;
  readonly revision: number;
  readonly at: number;
  readonly wallet: string;
  readonly operatorIds: readonly string[];
}

export class Corrections {
  private readonly made: MadeGood[] = [];

  constructor(private readonly operators: Operators) {}

  see(made: MadeGood): void {
    this.made.push(made);
  }

  /** `partial`: operators may be missing, so nothing is said. */
  check(noteAt: NoteAt, partial: boolean): void {
    for (const { stream, revision, at, wallet, operatorIds } of partial ? [] : this.made) {
      const wallets = operatorIds.flatMap((operatorId) => this.operators.walletsAt(operatorId, at) ?? []);
      if (wallets.includes(wallet)) continue;
      noteAt(stream, revision)(
        'settlement@1',
        `a correction pays ${wallet}, which is no wallet of an operator who ran it`,
      );
    }
  }
}
