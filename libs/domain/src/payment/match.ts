/** Which rental, or extension of one, a transfer pays: by reference, else by memo, else by its exact unique amount. Never a guess. */

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
  /** Absent: it is the request's own. */
  readonly extensionId?: string | undefined;
  readonly reference: string;
  readonly totalMicroUsdc: MicroUsdc;
  /** Still payable: only these match by amount alone. */
  readonly open: boolean;
}

export type Match =
  | { readonly assignedTo: string; readonly extensionId?: string | undefined; readonly why: null }
  | { readonly assignedTo: null; readonly why: Unmatched };

const nobody = (why: Unmatched): Match => ({ assignedTo: null, why });

export function match(transfer: IncomingTransfer, mint: string, quotes: readonly KnownQuote[]): Match {
  if (transfer.mint !== mint) return nobody('wrong_mint');
  if (transfer.payers.length !== 1) return nobody('several_payers');
  const byReference = quotes.filter((quote) => transfer.references.includes(quote.reference));
  if (byReference.length > 0) return only(byReference);
  const isExact = (quote: KnownQuote): boolean => quote.open && quote.totalMicroUsdc === transfer.amount;
  const byMemo = quotes.filter((quote) => transfer.memo === quote.rentalId);
  if (byMemo.length > 0) return only(ofOneRental(byMemo, isExact));
  return only(quotes.filter(isExact));
}

/** A memo names the rental: what of it is paid says the amount; any other amount is for the request. */
function ofOneRental(quotes: readonly KnownQuote[], isExact: (quote: KnownQuote) => boolean): readonly KnownQuote[] {
  const exact = quotes.filter(isExact);
  return exact.length === 1 ? exact : quotes.filter(({ extensionId }) => extensionId === undefined);
}

function only(quotes: readonly KnownQuote[]): Match {
  const [first, second] = quotes;
  if (first === undefined) return nobody('unknown_reference');
  if (second !== undefined) return nobody('ambiguous');
  const { rentalId, extensionId } = first;
  return { assignedTo: rentalId, why: null, ...(extensionId !== undefined && { extensionId }) };
}
