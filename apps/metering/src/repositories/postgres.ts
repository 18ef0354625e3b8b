/** What metering keeps, in Postgres: all of its SQL. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { PROBE_REACH } from '@tokenos/domain/metering/minutes';
import { type Kysely, sql } from 'kysely';
import type { Heard } from '../evidence/judge.js';
import type { MeteringTables } from '../view/tables.js';
import { KEEP_EVIDENCE, type Ledger, type Message, type NodeKeys, type Repositories } from './port.js';

type Db = Kysely<MeteringTables>;

/** `db` may be a transaction. */
export const postgresRepositories = (db: Db): Repositories => ({ ledger: ledger(db), nodeKeys: nodeKeys(db) });

const nodeKeys = (db: Db): NodeKeys => ({
  async of(nodeId) {
    const known = await db.selectFrom('nodes').select('node_key').where('node_id', '=', nodeId).executeTakeFirst();
    return known?.node_key ?? null;
  },
  async learn(node_id, node_key) {
    await db.insertInto('nodes').values({ node_id, node_key }).execute();
  },
});

const ledger = (db: Db): Ledger => ({
  async write(rentalIds, { sequence, at }, { kind, message }) {
    if (rentalIds.length === 0) return;
    const row = { sequence: BigInt(sequence), at: BigInt(at), kind, message: JSON.stringify(message) };
    await db
      .insertInto('evidence')
      .values(rentalIds.map((rental_id) => ({ rental_id, ...row })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  },

  async read(rentalId, from) {
    const rows = await db
      .selectFrom('evidence')
      .select(['kind', 'at', 'message'])
      .where('rental_id', '=', rentalId)
      .where('at', '>=', BigInt(from - PROBE_REACH))
      .orderBy('at')
      .orderBy('sequence')
      .execute();
    const ofKind = <Told>(wanted: Message['kind']): Heard<Told>[] =>
      rows
        .filter(({ kind }) => kind === wanted)
        .map(({ at, message }) => ({ at: Number(at), message: message as Told }));
    return { heartbeats: ofKind<Heartbeat>('heartbeat'), probes: ofKind<ProbeResult>('probe') };
  },

  async keepProof({ sha256, body, rentalId, firstMinute, keptUntil }) {
    await db
      .insertInto('proofs')
      .values({ sha256, rental_id: rentalId, first_minute: firstMinute, body, kept_until: BigInt(keptUntil) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  },

  async proofText(sha256, from, characters) {
    const { rows } = await sql<{ text: string; isLast: boolean }>`
      select substr(body, ${from}::integer + 1, ${characters}::integer) as text,
        length(body) <= ${from + characters}::integer as "isLast"
      from proofs where sha256 = ${sha256}`.execute(db);
    return rows[0] ?? null;
  },

  async proofs(rentalId) {
    const rows = await db
      .selectFrom('proofs')
      .selectAll()
      .where('rental_id', '=', rentalId)
      .orderBy('first_minute')
      .orderBy('sha256')
      .execute();
    return rows.map(({ sha256, body, first_minute, kept_until }) => ({
      ...{ sha256, body, rentalId, firstMinute: first_minute },
      keptUntil: Number(kept_until),
    }));
  },

  async prune(rentalId, from) {
    await db
      .deleteFrom('evidence')
      .where('rental_id', '=', rentalId)
      .where('at', '<', BigInt(from - PROBE_REACH))
      .execute();
  },

  async forget(rentalId) {
    await db.deleteFrom('evidence').where('rental_id', '=', rentalId).execute();
  },

  async dropOld(now) {
    await db
      .deleteFrom('evidence')
      .where('at', '<', BigInt(now - KEEP_EVIDENCE))
      .execute();
    await db.deleteFrom('proofs').where('kept_until', '<', BigInt(now)).execute();
  },
});
