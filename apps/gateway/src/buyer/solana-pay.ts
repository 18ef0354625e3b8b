/** How to pay a quote: the fields, and the same as a Solana Pay URL (https://docs.solanapay.com/spec). */

import { both } from '@tokenos/contracts/api/money';
import type { PaymentAnswer } from '@tokenos/contracts/api/rental-request';
import { formatUsdc, type MicroUsdc } from '@tokenos/domain/money';
import type { ExtensionQuoted } from '@tokenos/domain/rental/extension';
import type { PaymentInstructions } from '@tokenos/domain/rental/facts';
import type { Rental } from '@tokenos/domain/rental/state';
import type { Millis } from '@tokenos/domain/time';

export function paymentOf({ rentalId, quote, payment, terms }: Rental): PaymentAnswer {
  const message = `${terms.gpuCount} x ${terms.gpuTier}, ${terms.minutes} minutes at most; the unused rest comes back`;
  const { totalMicroUsdc, expiresAt } = quote;
  return payTo(payment, { amount: totalMicroUsdc, reference: payment.reference, memo: rentalId, message, expiresAt });
}

/** Its own reference and memo: who pays an extension does not pay the rental again. */
export function extensionPaymentOf({ payment, terms }: Rental, extension: ExtensionQuoted): PaymentAnswer {
  const { extensionId: memo, minutes, totalMicroUsdc: amount, reference, expiresAt } = extension;
  const message = `${minutes} minutes more of ${terms.gpuCount} x ${terms.gpuTier}; the unused rest comes back`;
  return payTo(payment, { amount, reference, memo, message, expiresAt });
}

interface Due {
  readonly amount: MicroUsdc;
  readonly reference: string;
  readonly memo: string;
  readonly message: string;
  readonly expiresAt: Millis;
}

function payTo({ mint, treasury }: PaymentInstructions, due: Due): PaymentAnswer {
  const { amount, reference, memo, message, expiresAt } = due;
  const query = new URLSearchParams({
    amount: formatUsdc(amount),
    'spl-token': mint,
    reference,
    label: 'TokenOS',
    message,
    memo,
  });
  return {
    // Wallets decode %20 everywhere, "+" not always.
    solanaPayUrl: `solana:${treasury}?${query.toString().replaceAll('+', '%20')}`,
    recipient: treasury,
    mint,
    ...both('amount', amount),
    reference,
    memo,
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
