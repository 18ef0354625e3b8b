/** Attendance in Postgres: one row per name and minute. */

import type { Kysely } from 'kysely';
import type { MeteringTables } from '../view/tables.js';
import type { AttendanceBook } from './attendance.js';

export const postgresAttendance = (db: Kysely<MeteringTables>): AttendanceBook => ({
  async note(who, minute) {
    await db
      .insertInto('attendance')
      .values(who.map((name) => ({ who: name, minute: BigInt(minute) })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  },
  async minutes(who, from, to) {
    const rows = await db
      .selectFrom('attendance')
      .select('minute')
      .where('who', '=', who)
      .where('minute', '>=', BigInt(from))
      .where('minute', '<', BigInt(to))
      .execute();
    return new Set(rows.map((row) => Number(row.minute)));
  },
  async dropBefore(minute) {
    await db.deleteFrom('attendance').where('minute', '<', BigInt(minute)).execute();
  },
});
