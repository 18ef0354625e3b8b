/** The evidence as rows: written once per message, read per rental, kept to the byte for what was metered. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { PROBE_REACH } from '@tokenos/domain/metering/minutes';
import { DAY, type Millis } from '@tokenos/domain/time';
import type { Kysely } from 'kysely';
import type { MeteringTables } from '../view/tables.js';
import type { Evidence, Heard, Proof } from './judge.js';

/** How long the bytes behind a UsageMetered are kept, and what was never asked for. */
export const KEEP_EVIDENCE: Millis = 90 * DAY;

type Db = Kysely<MeteringTables>;

export type Message =
  | { readonly kind: 'heartbeat'; readonly message: Heartbeat }
  | { readonly kind: 'probe'; readonly message: ProbeResult };

/** Where and when a message came: the same twice is one row. */
export interface Arrival {
  /** Its place in the bus' telemetry stream. */
  readonly sequence: number;
  readonly at: Millis;
}

export async function writeEvidence(
  db: Db,
  rentalIds: readonly string[],
  { sequence, at }: Arrival,
  { kind, message }: Message,
): Promise<void> {
  if (rentalIds.length === 0) return;
  const row = { sequence: BigInt(sequence), at: BigInt(at), kind, message: JSON.stringify(message) };
  await db
    .insertInto('evidence')
    .values(rentalIds.map((rental_id) => ({ rental_id, ...row })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Everything that can bear on minutes from `from` on: probes reach back further than heartbeats. */
export async function readEvidence(db: Db, rentalId: string, from: Millis): Promise<Evidence> {
  const rows = await db
    .selectFrom('evidence')
    .select(['kind', 'at', 'message'])
    .where('rental_id', '=', rentalId)
    .where('at', '>=', BigInt(from - PROBE_REACH))
    .orderBy('at')
    .orderBy('sequence')
    .execute();
  const ofKind = <Told>(wanted: Message['kind']): Heard<Told>[] =>
    rows.filter(({ kind }) => kind === wanted).map(({ at, message }) => ({ at: Number(at), message: message as Told }));
  return { heartbeats: ofKind<Heartbeat>('heartbeat'), probes: ofKind<ProbeResult>('probe') };
}

/**
 * Written before the fact that names its hash, so that no fact ever stands on evidence nobody has. By its hash, so that two
 * judgements of the same minutes lie side by side, whichever of them becomes the fact.
 */
export async function keepProof(
  db: Db,
  rentalId: string,
  firstMinute: number,
  { sha256, body }: Proof,
  keptUntil: Millis,
): Promise<void> {
  await db
    .insertInto('proofs')
    .values({ sha256, rental_id: rentalId, first_minute: firstMinute, body, kept_until: BigInt(keptUntil) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Drops what no minute from `from` on can need: heartbeats before it, and probes beyond their reach. */
export async function prune(db: Db, rentalId: string, from: Millis): Promise<void> {
  await db
    .deleteFrom('evidence')
    .where('rental_id', '=', rentalId)
    .where('at', '<', BigInt(from - PROBE_REACH))
    .execute();
}

/** After the close nothing of the rental is needed but its proofs; and what was kept long enough goes, whosever it is. */
export async function forget(db: Db, rentalId: string, now: Millis): Promise<void> {
  await db
    .deleteFrom('evidence')
    .where((is) => is.or([is('rental_id', '=', rentalId), is('at', '<', BigInt(now - KEEP_EVIDENCE))]))
    .execute();
  await db.deleteFrom('proofs').where('kept_until', '<', BigInt(now)).execute();
}
