/** A longer term: quoted at the price of the machine it has, and given only for a payment in time. */

import type { Here } from '../here.js';
import { price, RESERVED_TERMS_MINUTES } from '../price.js';
import { amount, instant, MINUTE_MS } from '../units.js';
import type { RentalData } from '../wire.js';
import { lend } from './access.js';
import { extensionOf, type Rental } from './fold.js';
import { isSold } from './payments.js';
import { checkSum, QUOTE_LIFE_MS } from './quote.js';
import type { Run } from './run.js';

/** Paid later than this before the end, it could come too late. */
const LAST_CALL_MS = MINUTE_MS;
const LONGEST_MINUTES = 129_600;

export function quoteExtension(rental: Rental, quoted: RentalData<'ExtensionQuoted'>, here: Here): void {
  const { note, at } = here;
  const { run, requested, attempt } = rental;
  const { extensionId, minutes, rateMicroUsdcPerHour, tierBps } = quoted;
  if (extensionOf(rental, extensionId) !== undefined) note('order', `extension ${extensionId} is quoted twice`);
  else rental.extensions.push({ quoted, extended: false });
  if (rental.phase !== 'running' || run === null) {
    note('order', `more minutes are offered to a rental that is ${rental.phase}`);
    return;
  }
  if (run.notice !== null) note('order', 'more minutes are offered to a rental that was told to yield');
  if (!note.compare('pricing@1', 'rules of the quote', 'pricing@1', quoted.rules)) return;
  const agreed = {
    rateMicroUsdcPerHour: attempt?.placed.rateMicroUsdcPerHour ?? null,
    tierBps: requested.quote.tierBps,
  };
  note.compare('pricing@1', 'the rate of the machine it has', agreed, { rateMicroUsdcPerHour, tierBps });
  const { gpuCount, tier } = requested.terms;
  const due = price({ rate: amount(rateMicroUsdcPerHour), tierBps, gpuCount, minutes });
  note.compare('pricing@1', 'the extension at its rate', due, quoted.priceMicroUsdc);
  checkSum(quoted, note);
  if (tier === 'RESERVED' && !RESERVED_TERMS_MINUTES.includes(minutes)) {
    note('pricing@1', `${minutes} minutes are no RESERVED term`);
  }
  const sold = (run.endsAt - run.startedAt) / MINUTE_MS;
  if (sold + minutes > LONGEST_MINUTES) note('pricing@1', `${sold + minutes} minutes are longer than any rental`);
  if (instant(quoted.quotedAt) > at) note('order', 'it is quoted after it is said to be quoted');
  checkExpiry(run, quoted, here);
}

function checkExpiry(run: Run, { quotedAt, expiresAt }: RentalData<'ExtensionQuoted'>, { note }: Here): void {
  const lasts = instant(expiresAt) - instant(quotedAt);
  if (lasts <= 0 || lasts > QUOTE_LIFE_MS) note('pricing@1', `an extension quoted for ${lasts} ms`);
  if (instant(expiresAt) > run.endsAt - LAST_CALL_MS)
    note('pricing@1', 'it can be paid in the last minute of the term');
}

export function extend(rental: Rental, extended: RentalData<'RentalExtended'>, { note }: Here): void {
  const { run, attempt } = rental;
  const extension = extensionOf(rental, extended.extensionId);
  rental.dueExtension = null;
  if (rental.phase !== 'running' || run === null || attempt === null || run.notice !== null) {
    note('order', 'only a rental that runs, and was not told to yield, becomes longer');
    return;
  }
  if (extension === undefined) note('I4', `extension ${extended.extensionId} was never quoted`);
  else if (extension.extended) note('I4', `extension ${extended.extensionId} is given twice`);
  else if (!isSold(rental, extended.extensionId))
    note('I4', 'more minutes are given without sufficient payment in time');
  const minutes = extension?.quoted.minutes ?? 0;
  note.compare('I8', 'minutes of the extension', minutes, extended.minutes);
  const endsAt = run.endsAt + minutes * MINUTE_MS;
  note.compare('I8', 'end of the longer term', new Date(endsAt).toISOString(), extended.endsAt);
  if (extension !== undefined) extension.extended = true;
  run.endsAt = endsAt;
  lend(attempt, endsAt);
}
