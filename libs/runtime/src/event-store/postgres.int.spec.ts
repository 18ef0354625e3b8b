import { eventually } from '@tokenos/testing/bus/eventually';
import { eventStoreContract } from '@tokenos/testing/event-store/contract';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import type { StoreUnderTest } from '@tokenos/testing/event-store/store-under-test';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { withWire } from '@tokenos/testing/servers/wire';
import pg from 'pg';
import type { EventStore } from './port.js';
import { openPostgresEventStore } from './postgres.js';

const postgres = withPostgres();

const wire = withWire(() => Number(new URL(postgres.server().url).port));
let latest = '';

async function openOverWire(): Promise<StoreUnderTest> {
  const url = new URL(await postgres.freshDatabase());
  latest = url.href;
  url.port = String(wire().port);
  return { store: await openPostgresEventStore(url.href), start: null };
}

/** Facts become visible at the end of a transaction: there, by chance, one overtakes the other. */
async function commitSlowly(): Promise<void> {
  const admin = new pg.Client({ connectionString: latest, options: '-c search_path=facts' });
  await admin.connect();
  await admin.query(`
    create function dawdle() returns trigger language plpgsql as
      $$ begin perform pg_sleep(random() * 0.02); return null; end $$;
    create constraint trigger dawdle after insert on fact deferrable initially deferred
      for each row execute function dawdle();`);
  await admin.end();
}

eventStoreContract('Postgres', openOverWire, {
  cut: () => wire().cut(),
  loseAnswers: () => wire().loseAnswers(),
  commitSlowly,
});

describe('the event store in Postgres, beneath its port', () => {
  let url: string;
  let store: EventStore;
  let admin: pg.Client;

  beforeEach(async () => {
    url = await postgres.freshDatabase();
    store = await openPostgresEventStore(url, { pollMs: 60_000 });
    admin = new pg.Client({ connectionString: url, options: '-c search_path=facts' });
    await admin.connect();
  });

  afterEach(async () => {
    await admin.end();
    await store.close();
  });

  const collect = async (count: number): Promise<string[]> => {
    const seen: string[] = [];
    for await (const { envelope } of store.subscribe(null, AbortSignal.timeout(10_000))) {
      if (seen.push(`${envelope.stream}@${envelope.revision}`) === count) break;
    }
    return seen;
  };

  it.each(['update fact set data = null', 'delete from fact', 'truncate fact'])('refuses to %s', async (change) => {
    await store.append('rental-1', -1, envelopes('rental-1', -1, 'kept'));
    await expect(admin.query(change)).rejects.toThrow('facts are append-only');
    expect(await store.read('rental-1')).toHaveLength(1);
  });

  it('skips no fact for a reader who follows while commits are slow and overtake each other', async () => {
    await admin.query(`
      create function dawdle() returns trigger language plpgsql as
        $$ begin perform pg_sleep(random() * 0.02); return null; end $$;
      create constraint trigger dawdle after insert on fact deferrable initially deferred
        for each row execute function dawdle();`);
    const streams = Array.from({ length: 16 }, (_, index) => `rental-${index}`);
    const seen = collect(16 * 6);
    const stores = await Promise.all([1, 2, 3, 4].map(() => openPostgresEventStore(url)));
    await Promise.all(
      streams.map(async (stream, index) => {
        for (let revision = -1; revision < 5; revision++) {
          await stores[index % 4]!.append(stream, revision, envelopes(stream, revision, 'slow'));
        }
      }),
    );
    await Promise.all(stores.map((one) => one.close()));
    expect((await seen).sort()).toStrictEqual(
      streams.flatMap((stream) => [0, 1, 2, 3, 4, 5].map((revision) => `${stream}@${revision}`)).sort(),
    );
  });

  it('keeps no reader back while another service holds a long transaction open', async () => {
    await admin.query('begin; select pg_current_xact_id()');
    await store.append('rental-1', -1, envelopes('rental-1', -1, 'at once'));
    expect(await collect(1)).toStrictEqual(['rental-1@0']);
    await admin.query('rollback');
  });

  it('listens again after its connections were cut, and brings what came meanwhile', async () => {
    const seen = collect(2);
    await store.append('rental-1', -1, envelopes('rental-1', -1, 'before'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where query = $1', ['listen fact']);
    await store.append('rental-1', 0, envelopes('rental-1', 0, 'meanwhile'));
    expect(await seen).toStrictEqual(['rental-1@0', 'rental-1@1']);
  });

  it('listens for no one until someone follows', async () => {
    const listeners = `select count(*)::integer as count from pg_stat_activity where query = 'listen fact' and datname = current_database()`;
    const count = async () => (await admin.query<{ count: number }>(listeners)).rows[0]?.count;
    await store.append('rental-1', -1, envelopes('rental-1', -1, 'unheard'));
    expect(await count()).toBe(0);
    expect(await collect(1)).toStrictEqual(['rental-1@0']);
    await eventually(async () => expect(await count()).toBe(1));
  });

  it('finds by its slow poll what no notice announced', async () => {
    const deaf = await openPostgresEventStore(url, { pollMs: 100 });
    await admin.query('alter table fact disable trigger append_in_order');
    const first = (async () => {
      for await (const { envelope } of deaf.subscribe(null, AbortSignal.timeout(5_000))) return envelope.data;
      return 'nothing';
    })();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await store.append('rental-1', -1, envelopes('rental-1', -1, 'unannounced'));
    expect(await first).toBe('unannounced');
    await deaf.close();
  });

  it('stores once what is sent again while the first attempt is still committing', async () => {
    const facts = envelopes('rental-1', -1, 'once');
    await Promise.all([1, 2, 3, 4].map(() => store.append('rental-1', -1, facts)));
    expect(await store.read('rental-1')).toStrictEqual(facts);
  });

  it('judges an append by what is there when its turn comes, not when it was sent', async () => {
    const other = await openPostgresEventStore(url);
    await admin.query(`begin; select pg_advisory_xact_lock('fact'::regclass::oid::bigint)`);
    const waiting = `select count(*)::integer as count from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`;
    const inLine = (count: number) =>
      eventually(async () => expect((await admin.query(waiting)).rows).toEqual([{ count }]));
    const first = store.append('rental-1', -1, envelopes('rental-1', -1, 'first'));
    await inLine(1);
    const late = expect(other.append('rental-1', -1, envelopes('rental-1', -1, 'late'))).rejects;
    await inLine(2);
    const next = store.append('rental-1', 0, envelopes('rental-1', 0, 'next'));
    await inLine(3);
    await admin.query('rollback');
    await Promise.all([first, late.toHaveProperty('name', 'RevisionConflict'), next]);
    expect((await store.read('rental-1')).map(({ data }) => data)).toEqual(['first', 'next']);
    await other.close();
  });

  const transactions = async (): Promise<number> => {
    const { rows } = await admin.query<{ count: string }>('select count(distinct xmin::text) from fact');
    return Number(rows[0]?.count);
  };

  it('commits what waits together, in few transactions', async () => {
    const streams = Array.from({ length: 64 }, (_, index) => `rental-${index}`);
    await Promise.all(streams.map((stream) => store.append(stream, -1, envelopes(stream, -1, 'together'))));
    expect(await store.readAll(null, 100)).toHaveLength(64);
    expect(await transactions()).toBeLessThan(12);
  });

  it('lets an append that conflicts, or that the database refuses, fail alone in its group', async () => {
    const taken = envelopes('rental-taken', -1, 'taken');
    await store.append('rental-taken', -1, taken);
    const refused = envelopes('rental-refused', -1, 'refused').map((fact) => ({ ...fact, by: 'nobody\u0000' }));
    const outcomes = await Promise.allSettled([
      store.append('rental-1', -1, envelopes('rental-1', -1, 'alone')),
      store.append('rental-2', -1, envelopes('rental-2', -1, 'good', 'good')),
      store.append('rental-taken', -1, envelopes('rental-taken', -1, 'late', 'late')),
      store.append('rental-taken', -1, taken),
      store.append('rental-refused', -1, refused),
      store.append('rental-3', -1, envelopes('rental-3', -1, 'good')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(outcomes[2]).toMatchObject({ reason: { name: 'RevisionConflict', actual: 0 } });
    expect(outcomes[4]).toMatchObject({ reason: expect.any(pg.DatabaseError) });
    expect((await store.readAll(null, 10)).map(({ envelope }) => envelope.data)).toEqual([
      'taken',
      'alone',
      'good',
      'good',
      'good',
    ]);
  });

  it('tells each caller of a group whose connection was cut, and takes the same appends again', async () => {
    await admin.query('begin; lock table fact in exclusive mode');
    const facts = [1, 2, 3, 4].map((n) => envelopes(`rental-${n}`, -1, n));
    const appendAll = () => Promise.allSettled(facts.map((one) => store.append(one[0]!.stream, -1, one)));
    const cut = appendAll();
    let told = false;
    void cut.then(() => (told = true));
    while (!told) {
      // A transaction sees no other activity than it saw first, unless told to look again.
      await admin.query(`select pg_stat_clear_snapshot(); select pg_terminate_backend(pid) from pg_stat_activity
        where query similar to '(select append_group|insert into fact)%'`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await cut).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    await admin.query('rollback');
    expect(await store.readAll(null, 10)).toEqual([]);
    for (let attempt = 0; attempt < 2; attempt++) {
      expect((await appendAll()).map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
    }
    expect(await store.readAll(null, 10)).toHaveLength(4);
  });

  it('carries on a database that an older release has filled, at the positions it gave', async () => {
    await store.append('rental-1', -1, envelopes('rental-1', -1, 'old'));
    await admin.query(`drop function append_group; delete from migration where name = '002-append-group'`);
    const newer = await openPostgresEventStore(url);
    await newer.append('rental-1', 0, envelopes('rental-1', 0, 'new'));
    const [old, next] = await newer.readAll(null, 10);
    expect(await newer.readAll(old!.position, 10)).toEqual([next]);
    expect(next?.envelope.data).toBe('new');
    await newer.close();
  });

  it('reports a database that does not answer as an error, not as a conflict', async () => {
    const gone = new URL(url);
    gone.port = '1';
    await expect(openPostgresEventStore(gone.href)).rejects.toThrow('cannot migrate');
    const lost = await openPostgresEventStore(url);
    await lost.close();
    await expect(lost.append('rental-1', -1, envelopes('rental-1', -1, 'a'))).rejects.not.toHaveProperty('expected');
  });

  it('opens in many processes at once on an empty database', async () => {
    const empty = await postgres.freshDatabase();
    const stores = await Promise.all(Array.from({ length: 6 }, () => openPostgresEventStore(empty)));
    await Promise.all(stores.map((one) => one.close()));
    expect(stores).toHaveLength(6);
  });
});
