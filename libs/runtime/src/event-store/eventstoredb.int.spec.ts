import { eventStoreContract } from '@tokenos/testing/event-store/contract';
import type { StoreUnderTest } from '@tokenos/testing/event-store/store-under-test';
import {
  endOf,
  type EventStoreDbForTests,
  kindForTests,
  startForTests,
} from '@tokenos/testing/eventstoredb/server-for-tests';
import { withWire } from '@tokenos/testing/servers/wire';
import { openEventStoreDb } from './eventstoredb.js';

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
