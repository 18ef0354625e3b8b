/** pricing@1 in the quote: tier and fee from the rate sheet, price at the cap, total with its surplus, and how long it can be paid. */

import type { Note } from '../finding.js';
import type { Here } from '../here.js';
import { FEE_BPS, price, RESERVED_TERMS_MINUTES, TIER_BPS } from '../price.js';
import { amount, instant, MINUTE_MS } from '../units.js';
import type { RentalData } from '../wire.js';

/** Whoever pays later is late, and has it all back. */
export const QUOTE_LIFE_MS = 15 * MINUTE_MS;

export function checkQuote(
  { quote, terms }: RentalData<'RentalRequested'>,
  { note, at }: Pick<Here, 'note' | 'at'>,
): void {
  if (!note.compare('pricing@1', 'rules of the quote', 'pricing@1', quote.rules)) return;
  const { gpuCount, minutes, tier } = terms;
  const tierBps = TIER_BPS[tier];
  note.compare('pricing@1', `${tier} on the rate sheet, in bps`, tierBps, quote.tierBps);
  note.compare('pricing@1', 'the fee on the rate sheet, in bps', FEE_BPS, quote.feeBps);
  if (tier === 'RESERVED' && !RESERVED_TERMS_MINUTES.includes(minutes)) {
    note('pricing@1', `${minutes} minutes are no RESERVED term`);
  }
  const due = price({ rate: amount(quote.capMicroUsdcPerHour), tierBps, gpuCount, minutes });
  note.compare('pricing@1', 'the full term at the cap', due, quote.priceMicroUsdc);
  checkSum(quote, note);
  if (instant(quote.quotedAt) > at) note('order', 'it is quoted after it is said to be quoted');
  const lasts = instant(quote.expiresAt) - instant(quote.quotedAt);
  note.compare('pricing@1', 'how long the quote can be paid, in ms', QUOTE_LIFE_MS, lasts);
}

interface Asked {
  readonly priceMicroUsdc: string;
  readonly surplusMicroUsdc: string;
  readonly totalMicroUsdc: string;
}

/** A surplus that makes the amount unlike any other, and the total with it. */
export function checkSum({ priceMicroUsdc, surplusMicroUsdc, totalMicroUsdc }: Asked, note: Note): void {
  const surplus = amount(surplusMicroUsdc);
  if (surplus < 1n || surplus > 9_999n) note('pricing@1', `a surplus of ${surplus} is not 1 to 9,999`);
  note.compare('pricing@1', 'total = price + surplus', amount(priceMicroUsdc) + surplus, totalMicroUsdc);
}
