/** One JetStream message from arrival to its one end: ack, nak with a delay, or term. */

import type { JsMsg } from '@nats-io/jetstream';
import type { Signals } from '../service/signals.js';
import type { Random } from './backoff.js';
import type { StoredContext } from './context.js';
import { Undecodable } from './failures.js';
import { type Verdict, verdictOn } from './policy.js';

export type Handle = (payload: unknown, context: StoredContext) => Promise<unknown>;

export interface DeliveryParts {
  readonly handle: Handle;
  readonly signals: Signals;
  readonly random: Random;
  /** Old servers ignore a term that carries its reason. */
  readonly termWithReason: boolean;
}

export async function deliver(message: JsMsg, parts: DeliveryParts): Promise<void> {
  const context: StoredContext = {
    subject: message.subject,
    busTimeMs: Number(message.timestampNanos / 1_000_000n),
    deliveries: message.info.deliveryCount,
    sequence: message.seq,
  };
  let verdict: Verdict = { do: 'ack' };
  try {
    await parts.handle(parseJson(message), context);
  } catch (error) {
    verdict = verdictOn(error, context.deliveries, parts.random);
    parts.signals.count(`bus_${verdict.do}`);
    if (verdict.do !== 'ack' && verdict.alarm !== null) parts.signals.alarm(verdict.alarm, { ...context, err: error });
  }
  end(message, verdict, parts.termWithReason);
}

function end(message: JsMsg, verdict: Verdict, termWithReason: boolean): void {
  if (verdict.do === 'ack') message.ack();
  else if (verdict.do === 'nak') message.nak(verdict.delayMs);
  else if (termWithReason) message.term(verdict.reason);
  else message.term();
}

function parseJson(message: JsMsg): unknown {
  try {
    return message.json();
  } catch (cause) {
    throw new Undecodable(`${message.subject}: not JSON`, { cause });
  }
}
