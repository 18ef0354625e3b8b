/** One real nats-server with JetStream per spec file. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from '@tokenos/runtime/local/nats';
import type { LocalServer } from '@tokenos/runtime/local/server-process';

export interface TestNats {
  url(): string;
  /** Stops it and starts it again on the same data and port, as after a crash. */
  restart(): Promise<void>;
}

/** Call at the top of a describe block; `config` is more of nats-server's configuration. */
export function withNats(config?: string): TestNats {
  let dataDir = '';
  let server: LocalServer | undefined;
  const running = (): LocalServer => {
    if (server === undefined) throw new Error('NATS runs only while tests do');
    return server;
  };
  const options = () => ({ dataDir, ...(config === undefined ? {} : { config }) });

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tokenos-nats-'));
    server = await startNats(options());
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 30_000);

  return {
    url: () => running().url,
    async restart() {
      const port = Number(new URL(running().url).port);
      await running().stop();
      server = await startNats({ ...options(), port });
    },
  };
}
