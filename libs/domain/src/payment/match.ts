/** Which rental a transfer pays: by reference, else by memo, else by its exact unique amount. Never a guess. */

import type { MicroUsdc } from '../money.js';
import type { Payer, Unmatched } from './payment.js';

export interface IncomingTransfer {
  readonly mint: string;
  readonly amount: bigint;
  readonly payers: readonly Payer[];
  readonly references: readonly string[];
  readonly memo: string | null;
}

/** A quote that a transfer may mean; late and short payments still belong to theirs, and go back from there. */
export interface KnownQuote {
  readonly rentalId: string;
  readonly reference: string;
  readonly totalMicroUsdc: MicroUsdc;
  /** Still payable: only these match by amount alone. */
  readonly open: boolean;
}

export type Match =
  { readonly assignedTo: string; readonly why: null } | { readonly assignedTo: null; readonly why: Unmatched };

const nobody = (why: Unmatched): Match => ({ assignedTo: null, why });

export function match(transfer: IncomingTransfer, mint: string, quotes: readonly KnownQuote[]): Match {
  if (transfer.mint !== mint) return nobody('wrong_mint');
  if (transfer.payers.length !== 1) return nobody('several_payers');
  const byReference = quotes.filter((quote) => transfer.references.includes(quote.reference));
  if (byReference.length > 0) return only(byReference);
  const byMemo = quotes.filter((quote) => transfer.memo === quote.rentalId);
  if (byMemo.length > 0) return only(byMemo);
  return only(quotes.filter((quote) => quote.open && quote.totalMicroUsdc === transfer.amount));
}

function only(quotes: readonly KnownQuote[]): Match {
  const [first, second] = quotes;
  if (first === undefined) return nobody('unknown_reference');
  return second === undefined ? { assignedTo: first.rentalId, why: null } : nobody('ambiguous');
}
