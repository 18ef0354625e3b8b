/** The gateway's commands: ask for a rental, set its keys, stop it. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { sum, ZERO } from '../../money.js';
import { price, PRICING } from '../../pricing/pricing.js';
import {
  BPS,
  isGpuTier,
  MAX_GPUS_PER_RENTAL,
  MAX_RATE,
  MAX_RENTAL_MINUTES,
  MIN_RENTAL_MINUTES,
  RESERVED_DAYS,
  TIER_BPS,
} from '../../pricing/rate-sheet.js';
import type { Rejection } from '../../rejections.js';
import { DAY, MINUTE, SECOND, type Millis } from '../../time.js';
import type { GatewayCommand } from '../commands.js';
import type { Quote, RentalFact, RentalTerms } from '../facts.js';
import { runOf, type Present, type RentalState } from '../state.js';
import { effectiveEnd } from '../usage.js';
import { wrongState } from './refuse.js';

export const QUOTE_LIFE: Millis = 15 * MINUTE;
export const DEFAULT_MAX_WAIT: Millis = 60 * SECOND;

type Request = Extract<GatewayCommand, { type: 'RequestRental' }>;
type Issue = Extract<GatewayCommand, { type: 'IssueCredential' }>;

export function request(state: RentalState, command: Request): Outcome<RentalFact> {
  const { rentalId, buyerId, payment } = command;
  if (state.status !== 'absent') {
    const { rental } = state;
    return rental.buyerId === buyerId && rental.payment.reference === payment.reference
      ? ignored('requested already')
      : rejected({ code: 'rental_exists', context: { rentalId } });
  }
  const terms = onTheRateSheet(command.terms);
  if ('code' in terms) return rejected(terms);
  if (command.capMicroUsdcPerHour > MAX_RATE) {
    return rejected({ code: 'bad_rate', context: { rateMicroUsdcPerHour: command.capMicroUsdcPerHour } });
  }
  const quote = quoteFor(terms, command);
  if (quote.priceMicroUsdc === ZERO) {
    const maxHourlyPriceMicroUsdc = command.capMicroUsdcPerHour;
    return rejected({ code: 'cap_below_tier', context: { maxHourlyPriceMicroUsdc } });
  }
  return accepted({ type: 'RentalRequested', data: { rentalId, buyerId, terms, quote, payment } });
}

/** The terms as sold, or why they are not. */
function onTheRateSheet(terms: Request['terms']): RentalTerms | Rejection {
  const { gpuTier, gpuCount, minutes, tier, maxWaitMs, minReputationBps } = terms;
  if (!isGpuTier(gpuTier)) return { code: 'unknown_gpu_tier', context: { gpuTier } };
  if (!within(gpuCount, 1, MAX_GPUS_PER_RENTAL)) {
    return { code: 'bad_gpu_count', context: { gpuCount, max: MAX_GPUS_PER_RENTAL } };
  }
  if (!within(minutes, MIN_RENTAL_MINUTES, MAX_RENTAL_MINUTES)) {
    const limits = { minMinutes: MIN_RENTAL_MINUTES, maxMinutes: MAX_RENTAL_MINUTES };
    return { code: 'bad_duration', context: { minutes, ...limits } };
  }
  if (tier === 'RESERVED' && !RESERVED_DAYS.some((days) => days * DAY === minutes * MINUTE)) {
    return { code: 'bad_reserved_term', context: { minutes } };
  }
  if (!within(maxWaitMs, SECOND, DAY)) return { code: 'bad_max_wait', context: { maxWaitMs } };
  if (minReputationBps !== null && !within(minReputationBps, 0, BPS)) {
    return { code: 'bad_min_reputation', context: { minReputationBps } };
  }
  return { ...terms, gpuTier };
}

const within = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;

/** The full term at the cap, plus the surplus that makes the amount unique. */
export function quoteFor(
  terms: Pick<RentalTerms, 'tier' | 'gpuCount' | 'minutes'>,
  inputs: Pick<Request, 'at' | 'capMicroUsdcPerHour' | 'surplusMicroUsdc' | 'feeBps'>,
): Quote {
  const { at, capMicroUsdcPerHour, surplusMicroUsdc, feeBps } = inputs;
  const tierBps = TIER_BPS[terms.tier];
  const { gpuCount, minutes } = terms;
  const priceMicroUsdc = price({ rateMicroUsdcPerHour: capMicroUsdcPerHour, tierBps, gpuCount, minutes });
  return {
    rules: PRICING,
    capMicroUsdcPerHour,
    tierBps,
    feeBps,
    priceMicroUsdc,
    surplusMicroUsdc,
    totalMicroUsdc: sum([priceMicroUsdc, surplusMicroUsdc]),
    quotedAt: at,
    expiresAt: at + QUOTE_LIFE,
  };
}

export function issueCredential(state: Present, command: Issue): Outcome<RentalFact> {
  if (state.status === 'ended' || state.status === 'expired' || state.status === 'settled') {
    return wrongState(state.status, command.type);
  }
  const { keys, username } = command;
  const { credential, quote, terms } = state.rental;
  if (credential?.username === username && fingerprints(credential.keys) === fingerprints(keys)) {
    return ignored('these are its keys');
  }
  const latestEnd = quote.expiresAt + terms.maxWaitMs + terms.minutes * MINUTE;
  const notAfter = runOf(state)?.endsAt ?? latestEnd;
  return accepted({ type: 'CredentialIssued', data: { keys, username, notAfter } });
}

const fingerprints = (keys: Issue['keys']): string =>
  keys
    .map((key) => key.fingerprint)
    .sort()
    .join();

export function stop(state: Present, at: Millis): Outcome<RentalFact> {
  switch (state.status) {
    case 'ended':
    case 'expired':
    case 'settled':
      return ignored(`it is ${state.status}`);
    case 'running':
    case 'interrupted':
      return stopped(effectiveEnd(state.run, at));
    default:
      return stopped(at);
  }
}

const stopped = (effectiveAt: Millis): Outcome<RentalFact> =>
  accepted({ type: 'RentalEnded', data: { reason: 'buyer_stopped', fault: 'buyer', effectiveAt } });
