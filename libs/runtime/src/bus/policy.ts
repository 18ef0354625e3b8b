/** The failure policy, written once: what becomes of a message whose handler threw. */

import { type Backoff, backoffMs, type Random, RETRY } from './backoff.js';
import { BrokenInvariant, Undecodable } from './failures.js';

/** The one end of a message. */
export type Verdict =
  | { readonly do: 'ack' }
  | { readonly do: 'nak'; readonly delayMs: number; readonly alarm: string | null }
  | { readonly do: 'term'; readonly reason: string; readonly alarm: string };

/** After this many failed deliveries a message that still fails is alarmed, once; it goes on being tried. */
export const ALARM_AFTER_DELIVERIES = 5;

export function verdictOn(error: unknown, deliveries: number, random: Random, backoff: Backoff = RETRY): Verdict {
  if (error instanceof Undecodable) return { do: 'term', reason: error.message, alarm: 'message_undecodable' };
  if (error instanceof BrokenInvariant) return { do: 'term', reason: error.message, alarm: 'invariant_broken' };
  const alarm = deliveries === ALARM_AFTER_DELIVERIES ? 'message_keeps_failing' : null;
  return { do: 'nak', delayMs: backoffMs(deliveries, random, backoff), alarm };
}
