/** Operators and the wallets they are paid to: a change waits 48 hours, so that a thief cannot have the next payout. */

import type { Here } from '../here.js';
import { instant, MINUTE_MS } from '../units.js';
import type { OperatorWire } from '../wire.js';
import { inForceAt, type Since } from './since.js';

const CHANGE_AFTER_MS = 48 * 60 * MINUTE_MS;

interface Operator {
  readonly wallet: string;
  readonly changes: Since<string>[];
}

export class Operators {
  private readonly operators = new Map<string, Operator>();

  see(operatorId: string, fact: OperatorWire, here: Here): void {
    const { note } = here;
    const operator = this.operators.get(operatorId);
    if (fact.type === 'OperatorRegistered.v1') {
      note.compare('order', 'an operator has a stream of its own', operatorId, fact.data.operatorId);
      if (operator !== undefined) note('order', 'it is registered twice');
      this.operators.set(operatorId, { wallet: fact.data.wallet, changes: [] });
    } else if (operator === undefined) note('order', 'nobody is registered yet');
    else if (fact.type === 'OperatorWalletChanged.v1') change(operator, fact.data, here);
  }

  /** Null: no such operator is on record. */
  walletsAt(operatorId: string, at: number): readonly string[] | null {
    const operator = this.operators.get(operatorId);
    return operator === undefined ? null : inForceAt(operator.changes, at, operator.wallet);
  }
}

type Change = Extract<OperatorWire, { type: 'OperatorWalletChanged.v1' }>['data'];

function change({ changes }: Operator, { wallet, effectiveAt }: Change, { note, at }: Here): void {
  const from = instant(effectiveAt);
  note.compare('settlement@1', 'a new wallet waits so many ms', CHANGE_AFTER_MS, from - at);
  const pending = changes.at(-1)?.from ?? 0;
  if (at < pending) note('settlement@1', 'a wallet is changed while a change is on its way');
  changes.push({ from, value: wallet });
}
