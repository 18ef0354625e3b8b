/** A told story, ready to be copied: each fact's text with its gaps, and when in the story it comes. */

import { canonical } from '@tokenos/contracts/envelope/canonical';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { DAY } from '@tokenos/domain/time';
import { gapped, type Gapped } from './gaps.js';

export interface FactTemplate {
  readonly revision: number;
  readonly type: string;
  readonly by: string;
  /** Which of the story's streams. */
  readonly streamNumber: number;
  /** Whole days after the story's first. */
  readonly day: number;
  /** Milliseconds of its day. */
  readonly time: number;
  readonly id: Gapped;
  readonly stream: Gapped;
  readonly at: Gapped;
  readonly correlationId: Gapped;
  readonly causationId: Gapped;
  /** Canonical JSON. */
  readonly data: Gapped;
}

export interface Template {
  /** In the store's order. */
  readonly facts: readonly FactTemplate[];
  readonly streams: number;
}

export function templateOf(envelopes: readonly Envelope[]): Template {
  const streams = [...new Set(envelopes.map(({ stream }) => stream))];
  const firstDay = Math.min(...envelopes.map(({ at }) => dayOf(at)));
  const facts = envelopes.map(({ revision, type, by, stream, ...envelope }): FactTemplate => {
    const text = (from: string): Gapped => gapped(from, firstDay);
    return {
      ...{ revision, type, by },
      streamNumber: streams.indexOf(stream),
      day: dayOf(envelope.at) - firstDay,
      time: Date.parse(envelope.at) % DAY,
      ...{ id: text(envelope.id), stream: text(stream), at: text(envelope.at) },
      ...{ correlationId: text(envelope.correlationId), causationId: text(envelope.causationId) },
      data: text(canonical(envelope.data)),
    };
  });
  return { facts, streams: streams.length };
}

/** Since 1970-01-01. */
const dayOf = (at: string): number => Math.floor(Date.parse(at) / DAY);
