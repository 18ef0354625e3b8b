import { eventStoreContract } from '@tokenos/testing/event-store/contract';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import pg from 'pg';
import type { EventStore } from './port.js';
import { openPostgresEventStore } from './postgres.js';

const postgres = withPostgres();

eventStoreContract('Postgres', async () => openPostgresEventStore(await postgres.freshDatabase()));

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
    await Promise.all(
      streams.map(async (stream) => {
        for (let revision = -1; revision < 5; revision++) {
          await store.append(stream, revision, envelopes(stream, revision, 'slow'));
        }
      }),
    );
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
