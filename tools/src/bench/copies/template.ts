/** A told story, ready to be copied: each fact's text with its gaps, and when in the story it comes. */

import { canonical } from '@tokenos/contracts/envelope/canonical';
import { categoryOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { DAY, MINUTE } from '@tokenos/domain/time';
import { gapped, type Gapped } from './gaps.js';

export interface FactTemplate {
  readonly revision: number;
  readonly type: string;
  readonly by: string;
  /** Which of the story's streams. */
  readonly streamNumber: number;
  /** Whole days after the story's first. */
  readonly day: number;
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
  /** Days that it takes, begun ones among them. */
  readonly days: number;
}

export function templateOf(told: readonly Envelope[]): Template {
  // An anchor is of a whole store, and copies stand in another one.
  const own = told.filter(({ stream }) => categoryOf(stream) !== 'anchor');
  const envelopes = [...own, ...retirements(own)];
  const streams = [...new Set(envelopes.map(({ stream }) => stream))];
  const firstDay = Math.min(...envelopes.map(({ at }) => dayOf(at)));
  const facts = envelopes.map(({ revision, type, by, stream, ...envelope }): FactTemplate => {
    const text = (from: string): Gapped => gapped(from, firstDay);
    return {
      ...{ revision, type, by },
      streamNumber: streams.indexOf(stream),
      day: dayOf(envelope.at) - firstDay,
      ...{ id: text(envelope.id), stream: text(stream), at: text(envelope.at) },
      ...{ correlationId: text(envelope.correlationId), causationId: text(envelope.causationId) },
      data: text(canonical(envelope.data)),
    };
  });
  return { facts, streams: streams.length, days: Math.max(...facts.map(({ day }) => day)) + 1 };
}

/** Afterwards its machines leave: whoever chooses one in another copy must not have these to account for. */
function retirements(told: readonly Envelope[]): Envelope[] {
  const heads = new Map(told.filter(({ stream }) => stream.startsWith('node-')).map((fact) => [fact.stream, fact]));
  const at = new Date(Math.max(...told.map((fact) => Date.parse(fact.at))) + 10 * MINUTE).toISOString();
  return [...heads.values()].map((head) => {
    const id = `${head.id.slice(0, -4)}ffff`;
    const made = { id, at, by: 'gateway', correlationId: id, causationId: id, type: 'NodeRetired.v1', data: {} };
    return { ...head, ...made, revision: head.revision + 1 };
  });
}

/** Since 1970-01-01. */
const dayOf = (at: string): number => Math.floor(Date.parse(at) / DAY);
