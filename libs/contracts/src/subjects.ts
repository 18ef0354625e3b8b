/** Every subject on the bus, in one place: facts, telemetry, ticks, hints, and the bucket of desired state. */

import { categoryOf, idOf } from './envelope/envelope.js';
import { baseType } from './facts/streams.js';

/** `fact.<category>.<id>.<Type>`, the type without its version. */
export const factSubject = (stream: string, type: string): string =>
  `fact.${categoryOf(stream)}.${idOf(stream)}.${baseType(type)}`;

export const telemetryHeartbeat = (nodeId: string): string => `telemetry.node.${nodeId}.heartbeat`;
export const telemetryProbe = (nodeId: string): string => `telemetry.node.${nodeId}.probe`;

/** Core NATS, once a minute per running rental. */
export const tickSubject = (rentalId: string): string => `tick.${rentalId}`;

/** Core NATS: { signatures: string[] } that may be payments. Only a hint: settlement re-reads the chain. */
export const PAYMENT_HINT = 'hint.payment';

/** Key-value bucket, key <nodeId>: what that machine should be running. */
export const DESIRED_BUCKET = 'desired';
