import { withPostgres } from '@tokenos/testing/servers/postgres';
import { type Generated, type Kysely, sql } from 'kysely';
import { type DatabaseOptions, openDatabase } from './database.js';
import { migrate, type Migrations } from './migrate.js';

interface Tables {
  meter: { id: Generated<bigint>; minutes: number };
}

const migrations: Migrations = {
  '001-meter': {
    up: (db: Kysely<Tables>) =>
      sql`create table meter (id bigint generated always as identity, minutes integer not null)`.execute(db).then(),
  },
};

const postgres = withPostgres();
let url: string;
let opened: Kysely<Tables>[] = [];

const open = (schema: string, options?: DatabaseOptions): Kysely<Tables> => {
  const db = openDatabase<Tables>(url, schema, options);
  opened.push(db);
  return db;
};

beforeEach(async () => {
  url = await postgres.freshDatabase();
});
afterEach(async () => {
  await Promise.all(opened.map((db) => db.destroy()));
  opened = [];
});

describe("a service's database", () => {
  it('keeps the tables of two services apart, though both call them the same', async () => {
    const [metering, settlement] = [open('metering'), open('settlement')];
    await migrate(metering, 'metering', migrations);
    await migrate(settlement, 'settlement', migrations);
    await metering.insertInto('meter').values({ minutes: 7 }).execute();
    expect(await settlement.selectFrom('meter').selectAll().execute()).toStrictEqual([]);
    expect(await metering.selectFrom('meter').selectAll().execute()).toStrictEqual([{ id: 1n, minutes: 7 }]);
  });

  it('reads 64-bit integers exactly', async () => {
    const { rows } =
      await sql`select 9007199254740993::bigint as big, count(*), 5::integer as small from (values (1))`.execute(
        open('metering'),
      );
    expect(rows).toStrictEqual([{ big: 9007199254740993n, count: 1n, small: 5 }]);
  });

  it('gives up a statement that takes too long', async () => {
    const db = open('metering', { statementTimeoutMs: 50 });
    await expect(sql`select pg_sleep(5)`.execute(db)).rejects.toThrow('statement timeout');
  });

  it('tells the server who is asking', async () => {
    const { rows } = await sql<{ name: string }>`select current_setting('application_name') as name`.execute(
      open('metering', { applicationName: 'metering-views' }),
    );
    expect(rows[0]?.name).toBe('metering-views');
  });

  it('answers again after its connections were cut', async () => {
    const db = open('metering');
    await sql`select 1`.execute(db);
    const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'metering'`;
    await cut.execute(open('admin'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await sql`select 2 as two`.execute(db)).rows).toStrictEqual([{ two: 2 }]);
  });

  it('fails the transaction whose connection was cut between two of its queries, and nothing else', async () => {
    const db = open('metering');
    const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'metering'`;
    const halfway = db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      await cut.execute(open('admin'));
      await new Promise((resolve) => setTimeout(resolve, 100));
      await sql`select 2`.execute(tx);
    });
    await expect(halfway).rejects.toThrow();
    expect((await sql`select 3 as three`.execute(db)).rows).toStrictEqual([{ three: 3 }]);
  });

  it('takes no schema name that would have to be quoted', () => {
    expect(() => openDatabase(url, 'meter; drop')).toThrow(RangeError);
  });
});

describe('migrating', () => {
  it('applies each migration once, however many processes start at once, and again later', async () => {
    let applied = 0;
    const counted: Migrations = {
      '001-meter': {
        async up(db: Kysely<Tables>) {
          applied++;
          await migrations['001-meter']?.up(db);
        },
      },
    };
    await Promise.all(Array.from({ length: 6 }, () => migrate(open('metering'), 'metering', counted)));
    await migrate(open('metering'), 'metering', counted);
    expect(applied).toBe(1);
  });

  it('leaves nothing behind of a migration that fails, and names the schema', async () => {
    const broken: Migrations = {
      ...migrations,
      '002-broken': { up: (db: Kysely<Tables>) => sql`create table half (); select 1/0`.execute(db).then() },
    };
    const db = open('metering');
    await expect(migrate(db, 'metering', broken)).rejects.toThrow('cannot migrate the schema metering');
    await migrate(db, 'metering', migrations);
    expect(await db.selectFrom('meter').selectAll().execute()).toStrictEqual([]);
  });

  it('refuses a database on which a newer release has already been', async () => {
    const db = open('metering');
    await migrate(db, 'metering', migrations);
    await expect(migrate(db, 'metering', {})).rejects.toThrow('cannot migrate');
  });
});
