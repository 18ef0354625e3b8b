/** Takes the outbox's place and does everything wrong that a bus may do: each fact twice, out of order, and every tenth never. */

import { factSubject } from '@tokenos/contracts/subjects';
import { Bus } from '@tokenos/runtime/bus/bus';
import type { Recorded } from '@tokenos/runtime/event-store/envelope';
import { openEventStore } from '@tokenos/runtime/event-store/open';
import { createLog } from '@tokenos/runtime/service/log';
import { z } from 'zod';
import { dice } from './dice.js';

const { between } = dice(1);
const AT_MOST_LATE_MS = 2_000;

const { DATABASE_URL, EVENTSTORE_URL, NATS_URL, NATS_USER, NATS_PASSWORD } = z
  .object({
    DATABASE_URL: z.url(),
    EVENTSTORE_URL: z.string().optional(),
    NATS_URL: z.string(),
    NATS_USER: z.string(),
    NATS_PASSWORD: z.string(),
  })
  .parse(process.env);

async function main(): Promise<void> {
  const log = createLog('unruly-outbox', 'info');
  const bus = await Bus.connect({ url: NATS_URL, user: NATS_USER, password: NATS_PASSWORD, name: 'unruly', log });
  const store = await openEventStore(EVENTSTORE_URL ?? DATABASE_URL, { applicationName: 'unruly' });
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  const says = { published: 0, lost: 0 };

  const publish = ({ envelope }: Recorded, time: number): void => {
    const subject = factSubject(envelope.stream, envelope.type);
    const msgID = `${envelope.id}-${time}`;
    setTimeout(
      () => void bus.jetstream.publish(subject, JSON.stringify(envelope), { msgID }).catch(() => (says.lost += 1)),
      between(0, AT_MOST_LATE_MS),
    );
  };
  process.stdout.write(`${JSON.stringify({ ready: true, service: 'unruly-outbox' })}\n`);
  for await (const fact of store.subscribe(null, stop.signal)) {
    says.published += 1;
    if (between(1, 10) === 1) {
      says.lost += 1;
      continue;
    }
    publish(fact, 1);
    publish(fact, 2);
  }
  log.info(says, 'ends');
  await bus.close();
  await store.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
