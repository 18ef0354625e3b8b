/** What a forger does to a history, fact by fact, and the two ways to hand it on: as it is, or with every later hash of its streams made anew. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import type { Envelope, Json } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';
import { resealed } from '@tokenos/testing/histories/sabotage';
import { indexOf, type Entry } from '@tokenos/testing/wire/entries';

/** Of facts as entries: those that were there keep all the rest of their envelope. */
export type Edit = (history: readonly Entry[]) => Entry[];

/** A fact's data, by its type, loosely: forgers respect no schema. */
export type Data = { readonly [key: string]: Json };

/** Changes the data of the `nth` fact of this type on this stream. */
export const alter =
  (stream: string, type: string, change: (data: never) => unknown, nth = 0): Edit =>
  (history) => {
    const index = indexOf(history, stream, `${type}.v1`, nth);
    return history.map((entry, at) =>
      at === index ? { ...entry, data: change(entry.data as never) as Entry['data'] } : entry,
    );
  };

/** A whole stream, as if nothing had ever been on it. */
export const withoutStream =
  (stream: string): Edit =>
  (history) => {
    const rest = history.filter((entry) => entry.stream !== stream);
    if (rest.length === history.length) throw new Error(`there is no stream ${stream}`);
    return rest;
  };

/** The fact once more, right behind itself. */
export const doubled =
  (stream: string, type: string, nth = 0): Edit =>
  (history) => {
    const index = indexOf(history, stream, `${type}.v1`, nth);
    return history.flatMap((entry, at) => (at === index ? [entry, entry] : [entry]));
  };

/** Two facts of one stream change places, and times. */
export const swapped =
  (stream: string, one: string, other: string): Edit =>
  (history) => {
    const [first, second] = [indexOf(history, stream, `${one}.v1`), indexOf(history, stream, `${other}.v1`)];
    const [before, after] = [history[first], history[second]];
    if (before === undefined || after === undefined) return [...history];
    return history.map((entry, at) => {
      if (at === first) return { ...after, at: before.at };
      return at === second ? { ...before, at: after.at } : entry;
    });
  };

/** A fact that never was, right before another of its stream or, without one, at the end of all. */
export const added =
  (entry: Omit<Entry, 'at'> & { readonly at?: string }, before?: string): Edit =>
  (history) => {
    const index = before === undefined ? history.length : indexOf(history, entry.stream, `${before}.v1`);
    const at = entry.at ?? history[index]?.at ?? history.at(-1)?.at ?? '';
    return [...history.slice(0, index), { ...entry, at }, ...history.slice(index)];
  };

/** Every text in every fact, on every stream. */
export const everywhere =
  (from: string, to: string): Edit =>
  (history) =>
    history.map((entry) => JSON.parse(JSON.stringify(entry).replaceAll(from, to)) as Entry);

export const plus = (text: string, more: bigint): string => (BigInt(text) + more).toString();
export const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();

/** A placement's list of candidates, with the hash over it made anew: a receipt that agrees with itself. */
export const candidates =
  (stream: string, change: (best: readonly Candidate[]) => readonly Candidate[], nth = 0): Edit =>
  (history) =>
    alter(
      stream,
      'RentalPlaced',
      (placed: Placed) => {
        const best = change(placed.receipt.best);
        return { ...placed, receipt: { ...placed.receipt, best, fullListSha256: sha256Hex(canonical(best)) } };
      },
      nth,
    )(history);

export interface Candidate {
  readonly nodeId: string;
  readonly operatorId: string;
  readonly rateMicroUsdcPerHour: string;
  readonly reputationBps: number;
  readonly idleGpus: number;
  readonly priceAdvantageBps: number;
  readonly score: number;
}

export interface Placed {
  readonly nodeId: string;
  readonly operatorId: string;
  readonly rateMicroUsdcPerHour: string;
  readonly gpus: readonly { readonly uuid: string; readonly leaseEpoch: number }[];
  readonly receipt: { readonly best: readonly Candidate[]; readonly unfit: Readonly<Record<string, number>> };
}

export interface Planned {
  readonly planId: string;
  readonly feeMicroUsdc: string;
  readonly chargedMicroUsdc: string;
  readonly groups: readonly { readonly minutes: number; readonly operatorWallet: string }[];
  readonly transfers: readonly { readonly role: string; readonly to: string; readonly amountMicroUsdc: string }[];
}

/** The envelopes as the forger left them: what was put in is sealed to the fact before it, and nothing behind it is. */
export function asItIs(history: readonly Entry[]): readonly Envelope[] {
  const heads = new Map<string, Envelope>();
  return history.map((entry, index) => {
    const envelope = isEnvelope(entry) ? entry : seal(heads.get(entry.stream) ?? null, newcomer(entry, index));
    heads.set(envelope.stream, envelope);
    return envelope;
  });
}

/** With all hashes of all streams made anew, so that no hash tells. */
export const sealedAgain = (history: readonly Entry[]): readonly Envelope[] => resealed(asItIs(history));

const isEnvelope = (entry: Entry): entry is Entry & Envelope => 'hash' in entry;

const newcomer = (entry: Entry, index: number) => ({
  ...entry,
  id: `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`,
  correlationId: 'forged',
  causationId: 'forged',
});
