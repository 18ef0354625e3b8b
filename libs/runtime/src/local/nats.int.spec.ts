import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from './nats.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-local-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('a local nats-server', () => {
  it('keeps acknowledged messages when it is killed and started again on the same port', async () => {
    const first = await startNats({ dataDir });
    const port = Number(new URL(first.url).port);
    const publisher = await connect({ servers: first.url, reconnect: false });
    await (await jetstreamManager(publisher)).streams.add({ name: 'facts', subjects: ['fact.>'] });
    await jetstream(publisher).publish('fact.rental.1.Requested', 'kept');
    await first.kill();
    await publisher.close();

    const second = await startNats({ dataDir, port });
    expect(second.url).toBe(first.url);
    const reader = await connect({ servers: second.url });
    const info = await (await jetstreamManager(reader)).streams.info('facts');
    expect(info.state.messages).toBe(1);
    await reader.close();
    await second.stop();
  });

  it('obeys the permissions it was given', async () => {
    const server = await startNats({
      dataDir,
      config: 'authorization { users: [{ user: "outbox", password: "hush" }] }',
    });
    await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow(/authorization/i);
    const allowed = await connect({ servers: server.url, user: 'outbox', pass: 'hush' });
    await allowed.close();
    await server.stop();
  });

  it('gives each of many started at once a port of its own', async () => {
    const servers = await Promise.all([1, 2, 3, 4].map((n) => startNats({ dataDir: join(dataDir, String(n)) })));
    expect(new Set(servers.map(({ url }) => url)).size).toBe(4);
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('says in its own words why it cannot start', async () => {
    await expect(startNats({ dataDir, config: 'authorization {' })).rejects.toThrow(/did not start on .*Parse error/s);
  });
});
