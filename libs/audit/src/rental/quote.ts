/** pricing@1 in the quote: tier from the rate sheet, price at the cap, total with its surplus. */

import type { Note } from '../finding.js';
import { price, RESERVED_TERMS_MINUTES, TIER_BPS } from '../price.js';
import { amount } from '../units.js';
import type { RentalData } from '../wire.js';

export function checkQuote({ quote, terms }: RentalData<'RentalRequested'>, note: Note): void {
  if (!note.compare('pricing@1', 'rules of the quote', 'pricing@1', quote.rules)) return;
  const { gpuCount, minutes, tier } = terms;
  const tierBps = TIER_BPS[tier];
  note.compare('pricing@1', `${tier} on the rate sheet, in bps`, tierBps, quote.tierBps);
  if (tier === 'RESERVED' && !RESERVED_TERMS_MINUTES.includes(minutes)) {
    note('pricing@1', `${minutes} minutes are no RESERVED term`);
  }
  const due = price({ rate: amount(quote.capMicroUsdcPerHour), tierBps, gpuCount, minutes });
  note.compare('pricing@1', 'the full term at the cap', due, quote.priceMicroUsdc);
  checkSum(quote, note);
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
