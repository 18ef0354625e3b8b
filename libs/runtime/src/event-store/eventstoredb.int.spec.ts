import { EventStoreDBClient, jsonEvent, UnavailableError } from '@eventstore/db-client';
import { eventStoreContract } from '@tokenos/testing/event-store/contract';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import type { StoreUnderTest } from '@tokenos/testing/event-store/store-under-test';
import {
  endOf,
  type EventStoreDbForTests,
  kindForTests,
  startForTests,
} from '@tokenos/testing/eventstoredb/server-for-tests';
import { insist, names, take } from '@tokenos/testing/event-store/writers';
import { withWire } from '@tokenos/testing/servers/wire';
import { randomIds } from '../ids.js';
import { openEventStoreDb } from './eventstoredb.js';
import type { EventStore } from './port.js';

const kind = kindForTests();
let server: EventStoreDbForTests;

beforeAll(async () => {
  server = await startForTests(kind);
}, 180_000);
afterAll(async () => {
  await server?.stop();
}, 30_000);

const wire = withWire(() => server.port ?? 0);
/** Another server's address may not be ours to change: TLS wants its name, a cluster sends us elsewhere. */
const urlOverWire = (): string => (server.port === null ? server.url : `esdb://127.0.0.1:${wire().port}?tls=false`);

async function open(): Promise<StoreUnderTest> {
  if (server.double) server.double.commitDelayMs = () => 0;
  return { store: openEventStoreDb(urlOverWire()), start: await endOf(server.url) };
}

const cutting = { cut: () => wire().cut(), loseAnswers: () => wire().loseAnswers() };
const dawdling = {
  async commitSlowly() {
    if (server.double) server.double.commitDelayMs = () => Math.random() * 20;
  },
};

eventStoreContract(`EventStoreDB (${kind})`, open, {
  ...(kind !== 'the server in EVENTSTORE_URL' && cutting),
  ...(kind === 'the double' && dawdling),
});

describe(`EventStoreDB (${kind}), beneath the port`, () => {
  let store: EventStore;
  let start: string | null;
  let stranger: EventStoreDBClient;
  let stream: string;

  beforeEach(async () => {
    ({ store, start } = await open());
    stranger = EventStoreDBClient.connectionString(server.url);
    stream = `rental-${randomIds.next()}`;
  });
  afterEach(async () => {
    await Promise.all([store.close(), stranger.dispose()]);
  });

  it('passes over what strangers write into streams of their own', async () => {
    const invoices = Array.from({ length: 40 }, () => jsonEvent({ type: 'Sent', data: {} }));
    await stranger.appendToStream(`invoice-${stream}`, invoices, { expectedRevision: 'no_stream' });
    await store.append(stream, -1, envelopes(stream, -1, 'ours'));
    expect(names(await store.readAll(start, 10))).toStrictEqual([`${stream}@0`]);
    expect(names(await take(1, store.subscribe(start, AbortSignal.timeout(10_000))))).toStrictEqual([`${stream}@0`]);
  });

  it('refuses to append where nobody would hear of it', async () => {
    const nowhere = `invoice-${stream}`;
    await expect(store.append(nowhere, -1, envelopes(nowhere, -1, 'a'))).rejects.toThrow(RangeError);
  });

  it('reports a server that is not there as an error, not as a conflict, and to a follower too', async () => {
    const gone = openEventStoreDb('esdb://127.0.0.1:1?tls=false', { reconnect: { firstMs: 1, maxMs: 1 } });
    const append = gone.append(stream, -1, envelopes(stream, -1, 'a'));
    await expect(append).rejects.toBeInstanceOf(UnavailableError);
    await expect(gone.read(stream)).rejects.toBeInstanceOf(UnavailableError);
    await expect(take(1, gone.subscribe(null, AbortSignal.timeout(10_000)))).rejects.toBeInstanceOf(UnavailableError);
    await gone.close();
  });

  if (kind !== 'the server in EVENTSTORE_URL') {
    it('goes on with a subscription through cut connections, and nobody notices', async () => {
      const all = take(6, store.subscribe(start, AbortSignal.timeout(20_000)));
      for (let revision = -1; revision < 5; revision++) {
        await insist(() => store.append(stream, revision, envelopes(stream, revision, revision)));
        wire().cut();
      }
      expect((await all).map(({ envelope }) => envelope.revision)).toStrictEqual([0, 1, 2, 3, 4, 5]);
    });

    it('tells a follower at once of what a stranger has written into a stream of facts', async () => {
      await stranger.appendToStream(stream, jsonEvent({ type: 'Sent', data: {} }), { expectedRevision: 'no_stream' });
      const patient = openEventStoreDb(server.url, { reconnect: { firstMs: 60_000, maxMs: 60_000 } });
      await expect(take(1, patient.subscribe(start, AbortSignal.timeout(10_000)))).rejects.toThrow(
        `${stream} revision 0 is an event, but no fact`,
      );
      await patient.close();
    });
  }

  if (kind === 'the double') {
    it('finds out by itself that an append was a retry, where the server does not', async () => {
      const facts = envelopes(stream, -1, 'a', 'b');
      await store.append(stream, -1, facts);
      server.double!.knowsRetries = false;
      await store.append(stream, -1, facts);
      const other = store.append(stream, -1, envelopes(stream, -1, 'a', 'b'));
      await expect(other).rejects.toMatchObject({ name: 'RevisionConflict', actual: 1 });
      server.double!.knowsRetries = true;
      expect(await store.read(stream)).toStrictEqual(facts);
    });

    it('finds the leader of a cluster by its gossip', async () => {
      const found = openEventStoreDb(server.url.replace('esdb:', 'esdb+discover:'));
      await found.append(stream, -1, envelopes(stream, -1, 'found'));
      expect(await store.read(stream)).toHaveLength(1);
      await found.close();
    });
  }
});
