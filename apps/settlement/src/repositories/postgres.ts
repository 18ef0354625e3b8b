/** What settlement keeps, in Postgres: all of its SQL but that of anchors. */

import { usdc } from '@tokenos/domain/money';
import type { Kysely } from 'kysely';
import { postgresHeads } from '../anchors/postgres-heads.js';
import type { ScanCursor } from '../chain/port.js';
import type { SettlementTables } from '../view/tables.js';
import type { Quotes, Repositories, Scans, Wallets } from './port.js';

type Db = Kysely<SettlementTables>;

/** `db` may be a transaction. */
export const postgresRepositories = (db: Db): Repositories => ({
  quotes: quotes(db),
  wallets: wallets(db),
  scans: scans(db),
  heads: postgresHeads(db),
});

/** A memo can say anything; Postgres refuses to compare with some of it. */
const MAYBE_RENTAL_ID = /^[\w-]{1,64}$/;

/** The extension's id of the request's own quote. */
const REQUEST = '';

const quotes = (db: Db): Quotes => ({
  async open({ rentalId, extensionId = REQUEST, reference, totalMicroUsdc, expiresAt }) {
    const expires_at = expiresAt === null ? null : BigInt(expiresAt);
    const row = { rental_id: rentalId, extension_id: extensionId, reference, total: totalMicroUsdc, expires_at };
    await db
      .insertInto('quotes')
      .values({ ...row, open: true })
      .execute();
  },
  async close(rentalId, extensionId = REQUEST) {
    await db
      .updateTable('quotes')
      .set({ open: false })
      .where('rental_id', '=', rentalId)
      .where('extension_id', '=', extensionId)
      .execute();
  },
  async closeAll(rentalId) {
    await db.updateTable('quotes').set({ open: false }).where('rental_id', '=', rentalId).execute();
  },
  async meantBy({ references, memo, amount, blockTime }) {
    const rows = await db
      .selectFrom('quotes')
      .selectAll()
      .where((where) =>
        where.or([
          ...(references.length > 0 ? [where('reference', 'in', [...references])] : []),
          ...(memo !== null && MAYBE_RENTAL_ID.test(memo) ? [where('rental_id', '=', memo)] : []),
          where.and([
            where('open', '=', true),
            where('total', '=', amount),
            where.or([where('expires_at', 'is', null), where('expires_at', '>=', BigInt(blockTime))]),
          ]),
        ]),
      )
      .execute();
    return rows.map((row) => ({
      rentalId: row.rental_id,
      ...(row.extension_id !== REQUEST && { extensionId: row.extension_id }),
      reference: row.reference,
      totalMicroUsdc: usdc(row.total),
      open: row.open && (row.expires_at === null || blockTime <= Number(row.expires_at)),
    }));
  },
});

const wallets = (db: Db): Wallets => ({
  async set(operatorId, wallet) {
    await db.insertInto('operators').values({ operator_id: operatorId, wallet }).execute();
  },
  async change(operatorId, wallet, effectiveAt) {
    await db
      .updateTable('operators')
      .set((row) => ({
        wallet: row.fn.coalesce('next_wallet', 'wallet'),
        next_wallet: wallet,
        effective_at: BigInt(effectiveAt),
      }))
      .where('operator_id', '=', operatorId)
      .execute();
  },
  async at(now, operatorIds) {
    if (operatorIds.length === 0) return {};
    const rows = await db.selectFrom('operators').selectAll().where('operator_id', 'in', operatorIds).execute();
    return Object.fromEntries(
      rows.map(({ operator_id, wallet, next_wallet, effective_at }) => {
        const inForce = next_wallet !== null && effective_at !== null && now >= Number(effective_at);
        return [operator_id, inForce ? next_wallet : wallet];
      }),
    );
  },
});

const scans = (db: Db): Scans => ({
  async cursor(name) {
    const row = await db.selectFrom('scans').select('cursor').where('name', '=', name).executeTakeFirst();
    return (row?.cursor as ScanCursor | undefined) ?? null;
  },
  async finalizedThrough(name) {
    const row = await db.selectFrom('scans').select('finalized_through').where('name', '=', name).executeTakeFirst();
    return row?.finalized_through == null ? null : Number(row.finalized_through);
  },
  async keep(name, cursor, finalizedThrough) {
    const through = finalizedThrough === null ? null : BigInt(finalizedThrough);
    const next = { cursor: JSON.stringify(cursor), finalized_through: through };
    await db
      .insertInto('scans')
      .values({ name, ...next })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(next))
      .execute();
  },
});
