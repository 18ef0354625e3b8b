/** Every subject on the bus, in one place: facts, telemetry, ticks, hints, and the bucket of desired state. */

import { categoryOf, idOf } from './envelope/envelope.js';
import { baseType } from './facts/streams.js';

/** A token with a dot, a wildcard or a space in it would mean another subject. */
function token(text: string): string {
  if (!/^[\w-]+$/.test(text)) throw new RangeError(`cannot stand in a subject: ${JSON.stringify(text)}`);
  return text;
}

/** `fact.<category>.<id>.<Type>`, the type without its version. */
export const factSubject = (stream: string, type: string): string =>
  ['fact', categoryOf(stream), idOf(stream), baseType(type)].map(token).join('.');

export const telemetryHeartbeat = (nodeId: string): string => `telemetry.node.${token(nodeId)}.heartbeat`;
export const telemetryProbe = (nodeId: string): string => `telemetry.node.${token(nodeId)}.probe`;

/** Core NATS, once a minute per running rental. */
export const tickSubject = (rentalId: string): string => `tick.${token(rentalId)}`;

/** Core NATS: { signatures: string[] } that may be payments. Only a hint: settlement re-reads the chain. */
export const PAYMENT_HINT = 'hint.payment';

/** Core NATS: a paid request finds nobody idle. Only a hint: preemption looks for itself. */
export const shortageSubject = (rentalId: string): string => `shortage.${token(rentalId)}`;
export const rentalOfShortage = (subject: string): string => token(subject.slice('shortage.'.length));

/** Core NATS, asked by the gateway and answered by metering: export/evidence-door.ts. */
export const ASK_EVIDENCE = 'ask.evidence';
/** Where the answer goes: not into an inbox, so that who may answer here can answer nothing else. */
export const evidenceAnswer = (questionId: string): string => `answer.evidence.${token(questionId)}`;
export const isEvidenceAnswer = (subject: string): boolean => /^answer\.evidence\.[\w-]+$/.test(subject);

/** Key-value bucket, key <nodeId>: what that machine should be running. */
export const DESIRED_BUCKET = 'desired';
