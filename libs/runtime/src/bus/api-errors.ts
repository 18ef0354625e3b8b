/** Tells JetStream's answers apart by their code: the client library throws them all alike. */

import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';

const hasCode = (error: unknown, codes: readonly number[]): boolean =>
  error instanceof JetStreamApiError && codes.includes(error.code);

export const isStreamGone = (error: unknown): boolean => hasCode(error, [JetStreamApiCodes.StreamNotFound]);

export const isConsumerGone = (error: unknown): boolean =>
  hasCode(error, [JetStreamApiCodes.ConsumerNotFound, JetStreamApiCodes.StreamNotFound]);

export const isWrongLastSequence = (error: unknown): boolean =>
  hasCode(error, [JetStreamApiCodes.StreamWrongLastSequence, JetStreamApiCodes.StreamWrongLastSequenceUnknown]);
