/** The EventStoreDB that specs run on: the one named in EVENTSTORE_URL, else the real one in Docker, else the double. */

import { EventStoreDBClient } from '@eventstore/db-client';
import { execFileSync } from 'node:child_process';
import { GenericContainer, Wait } from 'testcontainers';
import { type EventStoreDbDouble, startEventStoreDbDouble } from './double.js';

export interface EventStoreDbForTests {
  readonly url: string;
  /** The port of a single node on this machine, without TLS; null where it is somewhere else. */
  readonly port: number | null;
  /** Only the double can be told things. */
  readonly double: EventStoreDbDouble | null;
  stop(): Promise<void>;
}

export type Kind = 'the server in EVENTSTORE_URL' | 'the real server in Docker' | 'the double';

const IMAGE = 'eventstore/eventstore:24.10.0-bookworm-slim';
const PORT = 2113;

const given = (): string | null => {
  const url = process.env['EVENTSTORE_URL'] ?? '';
  return url.startsWith('esdb') ? url : null;
};

function dockerAnswers(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

/** Decided before any test runs, so that a suite's name can say what it ran on. */
export const kindForTests = (): Kind => (given() === null ? freshKind() : 'the server in EVENTSTORE_URL');

/** For who needs a server of their own, without a word from others in it. */
export const freshKind = (): Kind => (dockerAnswers() ? 'the real server in Docker' : 'the double');

export async function startForTests(kind: Kind): Promise<EventStoreDbForTests> {
  switch (kind) {
    case 'the server in EVENTSTORE_URL':
      return { url: given() ?? '', port: null, double: null, stop: async () => undefined };
    case 'the real server in Docker':
      return startContainer();
    case 'the double': {
      const double = await startEventStoreDbDouble();
      return { ...double, double };
    }
  }
}

async function startContainer(): Promise<EventStoreDbForTests> {
  const container = await new GenericContainer(IMAGE)
    .withCommand(['--insecure', '--mem-db'])
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204))
    .start();
  const port = container.getMappedPort(PORT);
  const url = `esdb://${container.getHost()}:${port}?tls=false`;
  return { url, port, double: null, stop: () => container.stop().then(() => undefined) };
}

/** Position of the last event in the store, as its adapter writes it; null where there is none. */
export async function endOf(url: string): Promise<string | null> {
  const client = EventStoreDBClient.connectionString(url);
  let end: string | null = null;
  for await (const { event } of client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 })) {
    if (event !== undefined) end = `${String(event.position.commit)}-${String(event.position.prepare)}`;
  }
  await client.dispose();
  return end;
}
