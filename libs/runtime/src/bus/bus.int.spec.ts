import { withBus } from '@tokenos/testing/bus/bus';
import { eventually } from '@tokenos/testing/bus/eventually';
import { silentLog } from '@tokenos/testing/bus/signals';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { withNats } from '@tokenos/testing/servers/nats';
import { StaleRevision } from './bucket.js';
import { Bus } from './bus.js';
import { FactPublisher } from './fact-publisher.js';

describe('the bus', () => {
  const nats = withNats();
  const bus = withBus(nats, (options) => Bus.connect(options));

  it('finds both streams made, telemetry for a day only, and makes them once', async () => {
    const again = await Bus.connect({ url: nats.url(), name: 'again', log: silentLog });
    await again.close();
    const { config } = await bus().admin.streams.info('TELEMETRY');
    expect(config.subjects).toEqual(['telemetry.>']);
    expect(config.max_age).toBe(24 * 3600 * 1e9);
    expect((await bus().admin.streams.info('FACTS')).config.subjects).toEqual(['fact.>']);
  });

  it('knows whether it is connected', async () => {
    const own = await Bus.connect({ url: nats.url(), name: 'own', log: silentLog });
    expect(own.connected).toBe(true);
    await own.close();
    expect(own.connected).toBe(false);
  });

  it('says no more once a stored message is stored', async () => {
    await bus().publishStored('telemetry.node.n1.heartbeat', { at: 1 });
    const { messages } = (await bus().admin.streams.info('TELEMETRY')).state;
    expect(messages).toBe(1);
  });

  describe('a bucket', () => {
    it('changes by compare-and-set only over the revision that was read', async () => {
      const bucket = await bus().bucket<{ leases: string[] }>('cas');
      expect(await bucket.get('n1')).toBeNull();
      const first = await bucket.update('n1', { leases: ['a'] }, 0);
      await expect(bucket.update('n1', { leases: [] }, 0)).rejects.toThrow(StaleRevision);
      const second = await bucket.update('n1', { leases: ['a', 'b'] }, first);
      await expect(bucket.update('n1', { leases: [] }, first)).rejects.toThrow(StaleRevision);
      expect(await bucket.get('n1')).toEqual({ key: 'n1', value: { leases: ['a', 'b'] }, revision: second });
    });

    it('lets one of many writers win', async () => {
      const bucket = await bus().bucket<number>('race');
      const revision = await bucket.put('n1', 0);
      const writes = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => bucket.update('n1', n, revision)));
      expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('tells a watcher what is there and then what changes, until it stops', async () => {
      const bucket = await bus().bucket<number>('watched');
      await bucket.put('n1', 1);
      await bucket.put('n2', 9);
      const seen: unknown[] = [];
      const stop = new AbortController();
      const watching = (async () => {
        for await (const { key, value } of bucket.watch('n1', stop.signal)) seen.push([key, value]);
      })();
      await eventually(() => expect(seen).toEqual([['n1', 1]]));
      await bucket.put('n1', 2);
      await bucket.put('n2', 8);
      await eventually(() =>
        expect(seen).toEqual([
          ['n1', 1],
          ['n1', 2],
        ]),
      );
      stop.abort();
      await watching;
      expect(await bucket.keys()).toEqual(['n1', 'n2']);
    });
  });

  describe('the publisher of facts', () => {
    const messages = (count: number) =>
      envelopes('rental-1', -1, ...Array.from({ length: count }, (_, n) => n)).map((envelope) => ({
        subject: 'fact.rental.1.SomethingHappened',
        envelope,
      }));
    const state = async () => (await bus().admin.streams.info('FACTS')).state;
    const stored = async (): Promise<unknown[]> => {
      const { first_seq, last_seq } = await state();
      const found: unknown[] = [];
      for (let seq = first_seq; seq <= last_seq; seq++) {
        found.push((await bus().admin.streams.getMessage('FACTS', { seq }))?.json<{ data: unknown }>().data);
      }
      return found;
    };

    beforeEach(() => bus().admin.streams.purge('FACTS'));

    it('stores a batch in order, and the next one behind it', async () => {
      const publisher = new FactPublisher(bus());
      expect(await publisher.publish(messages(50))).toBe(50);
      expect(await publisher.publish(messages(50))).toBe(50);
      const order = Array.from({ length: 50 }, (_, n) => n);
      expect(await stored()).toEqual([...order, ...order]);
    });

    it('stores nothing twice when a batch is sent again, whole or from its middle', async () => {
      const batch = messages(20);
      await new FactPublisher(bus()).publish(batch.slice(0, 12));
      const publisher = new FactPublisher(bus());
      for (let rest = batch; rest.length > 0;) rest = rest.slice(await publisher.publish(rest));
      expect(await stored()).toEqual(Array.from({ length: 20 }, (_, n) => n));
    });

    it('stores nothing behind a message that was refused', async () => {
      const batch = messages(5);
      const nowhere = { ...batch[2]!, subject: 'nobody.keeps.this' };
      const publisher = new FactPublisher(bus());
      expect(await publisher.publish(batch.with(2, nowhere))).toBe(2);
      expect(await stored()).toEqual([0, 1]);
      expect(await publisher.publish(batch.slice(2))).toBe(3);
      expect(await stored()).toEqual([0, 1, 2, 3, 4]);
    });

    it('throws when not even the first is stored', async () => {
      const [message] = messages(1);
      await expect(new FactPublisher(bus()).publish([{ ...message!, subject: 'nobody.keeps.this' }])).rejects.toThrow();
    });
  });
});

describe('a bus behind a password', () => {
  const nats = withNats('authorization { users: [ { user: allocation, password: "open sesame" } ] }');
  const connect = (password?: string) =>
    Bus.connect({ url: nats.url(), name: 'spec', log: silentLog, user: 'allocation', password });

  it('opens with it', async () => {
    const bus = await connect('open sesame');
    expect(bus.connected).toBe(true);
    await bus.close();
  });

  it.each(['wrong', undefined])('stays closed with %p, and says so instead of trying for ever', async (password) => {
    await expect(connect(password)).rejects.toThrow(/authorization/i);
  });
});
