/** How to pay a quote: the fields, and the same as a Solana Pay URL (https://docs.solanapay.com/spec). */

import { both } from '@tokenos/contracts/api/money';
import { formatUsdc } from '@tokenos/domain/money';
import type { Rental } from '@tokenos/domain/rental/state';

export function paymentOf({ rentalId, quote, payment, terms }: Rental) {
  const { mint, treasury, reference } = payment;
  const amount = quote.totalMicroUsdc;
  const query = new URLSearchParams({
    amount: formatUsdc(amount),
    'spl-token': mint,
    reference,
    label: 'TokenOS',
    message: `${terms.gpuCount} x ${terms.gpuTier}, ${terms.minutes} minutes at most; the unused rest comes back`,
    memo: rentalId,
  });
  return {
    // Wallets decode %20 everywhere, "+" not always.
    solanaPayUrl: `solana:${treasury}?${query.toString().replaceAll('+', '%20')}`,
    recipient: treasury,
    mint,
    ...both('amount', amount),
    reference,
    memo: rentalId,
    expiresAt: new Date(quote.expiresAt).toISOString(),
  };
}
