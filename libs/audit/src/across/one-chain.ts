/** One coin, one treasury, one chain: a rental that is paid in a coin of its own, or to a wallet of its own, is not paid. */

import type { NoteAt } from '../here.js';
import type { StreamFact } from '../wire.js';

type What = 'mint' | 'treasury' | 'chain';

/** How often a name is used, and where it stood first. */
interface Use {
  times: number;
  readonly stream: string;
  readonly revision: number;
}

export class OneChain {
  private readonly uses: Readonly<Record<What, Map<string, Use>>> = {
    mint: new Map(),
    treasury: new Map(),
    chain: new Map(),
  };
  private readonly refused: { readonly stream: string; readonly mint: string }[] = [];

  see({ fact }: StreamFact, stream: string, revision: number): void {
    const use = (what: What, name: string): void => this.use(what, name, stream, revision);
    switch (fact.type) {
      case 'RentalRequested.v1':
        use('mint', fact.data.payment.mint);
        use('treasury', fact.data.payment.treasury);
        return;
      case 'PaymentSeen.v1':
        if (fact.data.why === 'wrong_mint') this.refused.push({ stream, mint: fact.data.mint });
        use('chain', fact.data.genesisHash);
        return;
      case 'PaymentReceived.v1':
      case 'SettlementSigned.v1':
        use('chain', fact.data.genesisHash);
        return;
      case 'AnchorSigned.v1':
        use('treasury', fact.data.treasury);
        use('chain', fact.data.genesisHash);
        return;
      default:
    }
  }

  /** What most facts say is the platform's: of every other name one finding, where it stood first. */
  check(noteAt: NoteAt): void {
    for (const [what, names] of Object.entries(this.uses)) {
      const [own, ...others] = [...names].sort(([, a], [, b]) => b.times - a.times);
      for (const [name, { stream, revision }] of others) {
        noteAt(stream, revision).compare('matching', `there is one ${what}`, own?.[0] ?? '', name);
      }
    }
    for (const { stream, mint } of this.refused) {
      if (this.uses.mint.has(mint))
        noteAt(stream, 0)('matching', 'it is refused as another coin, and is the one that is asked for');
    }
  }

  private use(what: What, name: string, stream: string, revision: number): void {
    const known = this.uses[what].get(name);
    if (known === undefined) this.uses[what].set(name, { times: 1, stream, revision });
    else known.times += 1;
  }
}
