/** The evidence as rows: written once per message, read per rental, kept to the byte for what was metered. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { PROBE_REACH } from '@tokenos/domain/metering/minutes';
import { DAY, type Millis } from '@tokenos/domain/time';
import type { Kysely } from 'kysely';
import type { MeteringTables } from '../view/tables.js';
import type { Evidence, Judged } from './judge.js';

/** How long the bytes behind a UsageMetered are kept. */
export const KEEP_EVIDENCE: Millis = 90 * DAY;

export interface Heard {
  readonly rentalId: string;
  readonly attempt: number;
  readonly sequence: number;
  readonly at: Millis;
}

type Db = Kysely<MeteringTables>;

export async function writeEvidence(
  db: Db,
  kind: 'heartbeat' | 'probe',
  heard: readonly Heard[],
  message: Heartbeat | ProbeResult,
): Promise<void> {
  if (heard.length === 0) return;
  await db
    .insertInto('evidence')
    .values(
      heard.map((one) => ({
        rental_id: one.rentalId,
        sequence: BigInt(one.sequence),
        attempt: one.attempt,
        kind,
        at: BigInt(one.at),
        message: JSON.stringify(message),
      })),
    )
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
  const heard = rows.map(({ kind, at, message }) => ({ kind, at: Number(at), message }));
  return {
    heartbeats: heard
      .filter((row) => row.kind === 'heartbeat')
      .map(({ at, message }) => ({ at, message: message as Heartbeat })),
    probes: heard
      .filter((row) => row.kind === 'probe')
      .map(({ at, message }) => ({ at, message: message as ProbeResult })),
  };
}

/** Written before the fact that names its hash, so that no fact ever stands on evidence nobody has. */
export async function keepJudged(
  db: Db,
  rentalId: string,
  firstMinute: number,
  { sha256, body }: Judged,
  keptUntil: Millis,
): Promise<void> {
  const row = { sha256, body, kept_until: BigInt(keptUntil) };
  await db
    .insertInto('metered_evidence')
    .values({ rental_id: rentalId, first_minute: firstMinute, ...row })
    .onConflict((conflict) => conflict.columns(['rental_id', 'first_minute']).doUpdateSet(row))
    .execute();
}

/** What no later minute can need: heartbeats before this instant, and probes beyond their reach. */
export async function prune(db: Db, rentalId: string, before: Millis): Promise<void> {
  await db
    .deleteFrom('evidence')
    .where('rental_id', '=', rentalId)
    .where('at', '<', BigInt(before - PROBE_REACH))
    .execute();
}

/** After the close nothing of the rental is needed but what was kept; and what was kept long enough goes. */
export async function forget(db: Db, rentalId: string, now: Millis): Promise<void> {
  await db.deleteFrom('evidence').where('rental_id', '=', rentalId).execute();
  await db.deleteFrom('metered_evidence').where('kept_until', '<', BigInt(now)).execute();
}
