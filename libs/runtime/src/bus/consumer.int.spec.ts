import type { Subscription } from '@nats-io/transport-node';
import { withBus } from '@tokenos/testing/bus/bus';
import { eventually } from '@tokenos/testing/bus/eventually';
import { recordedSignals, silentLog } from '@tokenos/testing/bus/signals';
import { withNats } from '@tokenos/testing/servers/nats';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bus } from './bus.js';
import { type ConsumerOptions, DurableConsumer } from './consumer.js';

describe('a durable consumer', () => {
  const bus = withBus(withNats(), (options) => Bus.connect(options));
  let open: DurableConsumer[] = [];

  afterEach(async () => {
    await Promise.all(open.map((consumer) => consumer.stop()));
    open = [];
  });

  const consumer = async (durable: string, more: Partial<ConsumerOptions> = {}) => {
    const heard: unknown[] = [];
    const signals = recordedSignals();
    const made = new DurableConsumer(bus(), {
      stream: 'TELEMETRY',
      durable,
      filter: `telemetry.${durable}.>`,
      handle: async (payload) => heard.push(payload),
      concurrency: 4,
      superviseEveryMs: 60,
      random: () => 0,
      signals,
      log: silentLog,
      ...more,
    });
    open.push(made);
    await made.start();
    return { made, heard, signals };
  };

  it('that is deaf, as after a bad reconnect, is found out and made anew, and nothing is lost', async () => {
    const { made, heard, signals } = await consumer('deaf');
    await bus().publishStored('telemetry.deaf.1', 1);
    await eventually(() => expect(heard).toEqual([1]));
    await eventually(async () =>
      expect((await bus().admin.consumers.info('TELEMETRY', 'deaf')).num_ack_pending).toBe(0),
    );

    // What the client's library does not notice: its inbox no longer hears the server.
    (made as unknown as { messages: { sub: Subscription } }).messages.sub.unsubscribe();
    for (const n of [2, 3, 4]) await bus().publishStored('telemetry.deaf.1', n);
    await eventually(() => expect(heard).toEqual([1, 2, 3, 4]));
    expect(signals.alarms).toEqual(['consumer_stalled']);
  });

  it('that has nothing to do is left in peace', async () => {
    const { signals } = await consumer('idle');
    await bus().publishStored('telemetry.elsewhere.1', 1);
    await sleep(400);
    expect(signals.snapshot()).toEqual({});
  });

  it('says that it is still at work, so that a slow message does not come twice', async () => {
    const heard: unknown[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await consumer('slow', {
      ackWaitMs: 400,
      handle: async (payload) => {
        heard.push(payload);
        await held;
      },
    });
    for (const n of [1, 2]) await bus().publishStored('telemetry.slow.1', n);
    await sleep(1_300);
    // Not the one at work, and not the one that waits behind it.
    expect(heard).toEqual([1]);
    const { num_redelivered, num_ack_pending } = await bus().admin.consumers.info('TELEMETRY', 'slow');
    expect({ num_redelivered, num_ack_pending }).toEqual({ num_redelivered: 0, num_ack_pending: 2 });
    release();
    await eventually(() => expect(heard).toEqual([1, 2]));
  });
});
