/** A process of its own reads an export once, in one of three ways, and says what that took: `node once.js <way> <file>`. */

import { hash } from 'node:crypto';
import { categoryOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { readWrittenFact } from '@tokenos/contracts/export/written-fact';
import { nodeStream, operatorStream, paymentStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { StreamKind } from '@tokenos/contracts/facts/streams';
import { eachLine } from '../../audit/reading/lines.js';
import { openFile } from '../../audit/reading/source.js';
import { verify } from '../../audit/verify.js';

/**
 * `limit`: a parser and a hash, and nothing else. `replay`: each fact read, decoded, and folded into its stream's state.
 * `audit`: what `audit verify` does.
 */
export type Way = 'limit' | 'replay' | 'audit';

export interface Taken {
  /** Of all threads, so that a collector of garbage beside the main one does not count for nothing. */
  readonly cpuMs: number;
  readonly peakRssMiB: number;
  readonly findings: number;
}

const WAYS: Readonly<Record<Way, (file: string) => Promise<number>>> = { limit, replay, audit };

async function limit(file: string): Promise<number> {
  const source = await openFile(file);
  await eachLine(source.bytes, source.name, (line) => {
    JSON.parse(line);
    hash('sha256', line);
  });
  return 0;
}

type AnyKind = StreamKind<unknown, never, unknown>;
const KINDS: Readonly<Record<string, AnyKind>> = Object.fromEntries(
  [rentalStream, paymentStream, nodeStream, operatorStream].map((kind) => [kind.category, kind as AnyKind]),
);

async function replay(file: string): Promise<number> {
  const states = new Map<string, unknown>();
  const fold = (envelope: Envelope): void => {
    const { stream } = envelope;
    const kind = KINDS[categoryOf(stream)];
    if (kind === undefined) throw new Error(`nobody folds ${stream}`);
    const { decider, decode } = kind;
    states.set(stream, decider.evolve(states.get(stream) ?? decider.initialState, decode(envelope)));
  };
  const source = await openFile(file);
  await eachLine(source.bytes, source.name, (line) => {
    const written = readWrittenFact(line);
    if (written !== null) fold(written.envelope);
    else if (line.includes('"fact":')) throw new Error(`an unusual line: ${line}`);
  });
  return 0;
}

/** Each copy has operators of its own, who are scored on the days of their story only, while those of later copies are scored later. */
const OUTLIVED = /is on record of others, and of this one nothing after/;

async function audit(file: string): Promise<number> {
  const { json } = await verify(file, { requireSettled: true, partial: false, clockScale: 1 });
  const { findings } = json as { readonly findings: readonly { readonly message: string }[] };
  return findings.filter(({ message }) => !OUTLIVED.test(message)).length;
}

const [way, file] = process.argv.slice(2) as [Way, string];
const before = process.cpuUsage();
const findings = await WAYS[way](file);
const { user, system } = process.cpuUsage(before);
const taken: Taken = {
  cpuMs: (user + system) / 1_000,
  peakRssMiB: process.resourceUsage().maxRSS / 1_024,
  findings,
};
process.stdout.write(JSON.stringify(taken));
