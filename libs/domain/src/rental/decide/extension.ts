/** The gateway's offer of more minutes, on the machine the rental has and at that machine's rate. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { sum } from '../../money.js';
import { price, PRICING } from '../../pricing/pricing.js';
import { MAX_RENTAL_MINUTES, RESERVED_DAYS } from '../../pricing/rate-sheet.js';
import { DAY, MINUTE, type Millis } from '../../time.js';
import type { GatewayCommand } from '../commands.js';
import type { RentalFact } from '../facts.js';
import type { Present } from '../state.js';
import { QUOTE_LIFE } from './request.js';
import { wrongState } from './refuse.js';

/** Paid later than this before the end, an extension could come too late to be one. */
const LAST_CALL: Millis = MINUTE;

type QuoteExtension = Extract<GatewayCommand, { type: 'QuoteExtension' }>;

export function quoteExtension(state: Present, command: QuoteExtension): Outcome<RentalFact> {
  const { at, extensionId, minutes, reference, surplusMicroUsdc } = command;
  if (state.rental.extensions.some((one) => one.extensionId === extensionId)) return ignored('quoted already');
  if (state.status !== 'running') return wrongState(state.status, command.type);
  const { rental, run } = state;
  if (run.notice !== null) {
    return rejected({ code: 'under_notice', context: { beneficiaryId: run.notice.noticed.beneficiaryId } });
  }
  const sold = (run.endsAt - run.startedAt) / MINUTE;
  if (!Number.isInteger(minutes) || minutes < 1 || sold + minutes > MAX_RENTAL_MINUTES) {
    const context = { minutes, minMinutes: 1, maxMinutes: MAX_RENTAL_MINUTES - sold };
    return rejected({ code: 'bad_duration', context });
  }
  if (rental.terms.tier === 'RESERVED' && !RESERVED_DAYS.some((days) => days * DAY === minutes * MINUTE)) {
    return rejected({ code: 'bad_reserved_term', context: { minutes } });
  }
  const expiresAt = Math.min(at + QUOTE_LIFE, run.endsAt - LAST_CALL);
  if (expiresAt <= at) return rejected({ code: 'too_late_to_extend', context: { endsAt: run.endsAt } });
  const { rateMicroUsdcPerHour } = run.placement;
  const { tierBps } = rental.quote;
  const priceMicroUsdc = price({ rateMicroUsdcPerHour, tierBps, gpuCount: rental.terms.gpuCount, minutes });
  return accepted({
    type: 'ExtensionQuoted',
    data: {
      extensionId,
      rules: PRICING,
      minutes,
      rateMicroUsdcPerHour,
      tierBps,
      priceMicroUsdc,
      surplusMicroUsdc,
      totalMicroUsdc: sum([priceMicroUsdc, surplusMicroUsdc]),
      reference,
      quotedAt: at,
      expiresAt,
    },
  });
}
