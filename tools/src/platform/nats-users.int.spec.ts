import { AckPolicy, type ConsumerConfig, DeliverPolicy } from '@nats-io/jetstream';
import {
  ASK_EVIDENCE,
  DESIRED_BUCKET,
  evidenceAnswer,
  shortageSubject,
  telemetryHeartbeat,
  telemetryProbe,
} from '@tokenos/contracts/subjects';
import { systemRandom } from '@tokenos/runtime/bus/backoff';
import { Bus } from '@tokenos/runtime/bus/bus';
import { DurableConsumer } from '@tokenos/runtime/bus/consumer';
import { FactPublisher } from '@tokenos/runtime/bus/fact-publisher';
import { provisionBus } from '@tokenos/runtime/bus/provision';
import { FACTS, TELEMETRY } from '@tokenos/runtime/bus/streams';
import { durableName } from '@tokenos/runtime/bus/subjects';
import { eventually } from '@tokenos/testing/bus/eventually';
import { recordedSignals, silentLog } from '@tokenos/testing/bus/signals';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { withNats } from '@tokenos/testing/servers/nats';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUS_USERS, type BusUser, natsAuthorization, newBusPasswords, PROVISIONER } from './nats-users.js';

const passwords = newBusPasswords();

describe('the users of the bus', () => {
  const nats = withNats(natsAuthorization(passwords));
  const buses = new Map<BusUser, Bus>();
  const as = (user: BusUser): Bus => {
    const bus = buses.get(user);
    if (bus === undefined) throw new Error(`${user} is not connected`);
    return bus;
  };
  const open = (user: BusUser) =>
    Bus.connect({ url: nats.url(), user, password: passwords[user], name: user, log: silentLog });
  /** What the server says of a request that it does not let through, or null. */
  const refusal = async (user: BusUser, subject: string, body: unknown = {}): Promise<string | null> => {
    try {
      await as(user).connection.request(subject, JSON.stringify(body), { timeout: 2_000 });
      return null;
    } catch (error) {
      return String(error);
    }
  };
  const factCount = async (): Promise<number> => (await as('outbox').admin.streams.info(FACTS.name)).state.messages;

  it('keeps a service out until the streams are there, which it cannot make', async () => {
    await expect(open('metering')).rejects.toThrow(/permission/i);
    for (let start = 1; start <= 2; start++) {
      await provisionBus(nats.url(), PROVISIONER, passwords[PROVISIONER], [DESIRED_BUCKET]);
    }
    for (const user of BUS_USERS) buses.set(user, await open(user));
    expect((await as('metering').admin.streams.info(TELEMETRY.name)).config.subjects).toEqual(['telemetry.>']);
  });
  afterAll(() => Promise.all([...buses.values()].map((bus) => bus.close())));

  describe('let each service do its work:', () => {
    const hears: readonly (readonly [BusUser, string, string])[] = [
      ['gateway', FACTS.name, 'fact.rental.>'],
      ['gateway', FACTS.name, 'fact.node.>'],
      ['gateway', FACTS.name, 'fact.operator.>'],
      ['allocation', FACTS.name, 'fact.rental.>'],
      ['allocation', FACTS.name, 'fact.node.>'],
      ['allocation', FACTS.name, 'fact.operator.>'],
      ['allocation', TELEMETRY.name, 'telemetry.node.*.heartbeat'],
      ['carbon', FACTS.name, 'fact.rental.>'],
      ['preemption', FACTS.name, 'fact.rental.>'],
      ['preemption', FACTS.name, 'fact.node.>'],
      ['preemption', FACTS.name, 'fact.operator.>'],
      ['preemption', TELEMETRY.name, 'telemetry.node.*.heartbeat'],
      ['metering', FACTS.name, 'fact.rental.>'],
      ['metering', FACTS.name, 'fact.node.>'],
      ['metering', TELEMETRY.name, 'telemetry.>'],
      ['settlement', FACTS.name, 'fact.rental.>'],
      ['settlement', FACTS.name, 'fact.payment.>'],
      ['settlement', FACTS.name, 'fact.operator.>'],
      ['reputation', FACTS.name, 'fact.rental.>'],
      ['reputation', FACTS.name, 'fact.node.>'],
      ['reputation', FACTS.name, 'fact.operator.>'],
    ];

    it('the outbox, the gateway and allocation put into the streams what they say', async () => {
      const messages = ['rental', 'node', 'payment', 'operator'].map((category) => ({
        subject: `fact.${category}.1.SomethingHappened`,
        envelope: envelopes(`${category}-1`, -1, 'word')[0]!,
      }));
      expect(await new FactPublisher(as('outbox')).publish(messages)).toBe(4);
      await as('gateway').publishStored(telemetryHeartbeat('n1'), {});
      await as('allocation').publishStored(telemetryProbe('n1'), {});
    });

    it.each(hears)(
      '%s hears %s %s, answers, and makes its consumer anew when it is gone',
      async (user, stream, filter) => {
        const heard: string[] = [];
        const signals = recordedSignals();
        const durable = durableName(user, filter);
        const handle = async (_: unknown, { subject }: { subject: string }): Promise<void> => void heard.push(subject);
        const consumer = new DurableConsumer(as(user), {
          ...{ stream, durable, filter, handle, signals },
          ...{ concurrency: 2, superviseEveryMs: 50, random: systemRandom, log: silentLog },
        });
        await consumer.start();
        const { admin } = as(user);
        await eventually(async () => {
          expect(heard.length).toBeGreaterThan(0);
          expect(await admin.consumers.info(stream, durable)).toMatchObject({ num_ack_pending: 0, num_pending: 0 });
        });
        await admin.consumers.delete(stream, durable);
        await eventually(() => admin.consumers.info(stream, durable));
        expect(signals.alarms).toContain('consumer_gone');
        await consumer.stop();
      },
    );

    it.each(['before', 'after'])('allocation writes %s the gateway begins to watch', async (moment) => {
      const key = `n-${moment}`;
      const written = await as('allocation').bucket<number>(DESIRED_BUCKET);
      const watched = await as('gateway').bucket<number>(DESIRED_BUCKET);
      if (moment === 'before') await written.update(key, 1, 0);
      const stop = new AbortController();
      const seen: unknown[] = [];
      const watching = (async () => {
        for await (const { value } of watched.watch(key, stop.signal)) seen.push(value);
      })();
      await sleep(100);
      if (moment === 'after') await written.update(key, 1, 0);
      await eventually(() => expect(seen).toEqual([1]));
      stop.abort();
      await watching;
      const entry = await written.get(key);
      expect(entry).toMatchObject({ value: 1 });
      await written.update(key, 2, entry?.revision ?? 0);
    });

    it('ticks, hints and shortages arrive', async () => {
      const heard: string[] = [];
      const listen = (user: BusUser, subject: string) => {
        as(user).connection.subscribe(subject, { callback: (_, message) => void heard.push(message.subject) });
        return as(user).connection.flush();
      };
      await listen('gateway', 'tick.*');
      await listen('settlement', 'hint.payment');
      await listen('preemption', 'shortage.*');
      as('metering').publish('tick.r1', {});
      as('allocation').publish(shortageSubject('r1'), {});
      as('gateway').publish('hint.payment', {});
      await eventually(() => expect(heard.sort()).toEqual(['hint.payment', 'shortage.r1', 'tick.r1']));
    });
  });

  describe('let the gateway alone ask for evidence, and metering alone answer:', () => {
    const answering = async () => {
      const subscription = as('metering').connection.subscribe(ASK_EVIDENCE, {
        callback: (_, message) => as('metering').publish(message.reply ?? '', 'evidence'),
      });
      await as('metering').connection.flush();
      return subscription;
    };

    it('it hears the answer', async () => {
      const subscription = await answering();
      const options = { timeout: 5_000, noMux: true, reply: evidenceAnswer('q1') };
      expect((await as('gateway').connection.request(ASK_EVIDENCE, '{}', options)).json()).toBe('evidence');
      subscription.unsubscribe();
    });

    it('who asks cannot have the answer sent among the facts', async () => {
      const before = await factCount();
      const subscription = await answering();
      as('gateway').connection.publish(ASK_EVIDENCE, '{}', { reply: 'fact.rental.1.Forged' });
      await as('gateway').connection.flush();
      await sleep(200);
      expect(await factCount()).toBe(before);
      subscription.unsubscribe();
    });

    it.each(BUS_USERS.filter((user) => user !== 'gateway'))(
      '%s may not ask, nor hear what is answered',
      async (user) => {
        expect(await refusal(user, ASK_EVIDENCE)).toMatch(/permission/i);
        const refused = new Promise((resolve) => {
          as(user).connection.subscribe('answer.>', { callback: (error) => resolve(error) });
        });
        expect(String(await refused)).toMatch(/permission/i);
      },
    );

    it.each(BUS_USERS.filter((user) => user !== 'metering'))(
      '%s may not answer, nor hear what is asked',
      async (user) => {
        expect(await refusal(user, evidenceAnswer('q1'))).toMatch(/permission/i);
        const refused = new Promise((resolve) => {
          as(user).connection.subscribe('ask.>', { callback: (error) => resolve(error) });
        });
        expect(String(await refused)).toMatch(/permission/i);
      },
    );
  });

  describe('let no service but the outbox near the facts:', () => {
    const others = BUS_USERS.filter((user) => user !== 'outbox');

    it.each(others)('%s cannot publish one', async (user) => {
      const before = await factCount();
      expect(await refusal(user, 'fact.rental.1.PaymentReceived')).toMatch(/permission/i);
      expect(await factCount()).toBe(before);
    });

    it.each(BUS_USERS)('%s can neither make, change, empty, delete nor restore a stream', async (user) => {
      const before = await factCount();
      const evil = { name: 'EVIL', subjects: ['tick.*'], republish: { src: '>', dest: 'fact.rental.1.Forged' } };
      const attempts = ['CREATE.EVIL', 'CREATE.FACTS', 'UPDATE.FACTS', 'PURGE.FACTS', 'DELETE.FACTS']
        .concat(['MSG.DELETE.FACTS', 'RESTORE.FACTS', 'SNAPSHOT.FACTS', 'DELETE.KV_desired', 'PURGE.TELEMETRY'])
        .map((verb) => `$JS.API.STREAM.${verb}`);
      for (const subject of attempts) expect(await refusal(user, subject, evil)).toMatch(/permission/i);
      expect(await factCount()).toBe(before);
    });

    it('none takes another one’s messages, answers for it or hears its answers', async () => {
      const theirs = 'settlement-fact-rental-all';
      for (const verb of ['MSG.NEXT', 'DELETE', 'INFO']) {
        const subject = `$JS.API.CONSUMER.${verb}.FACTS.${theirs}`;
        expect(await refusal('metering', subject)).toMatch(/permission/i);
      }
      expect(await refusal('metering', `$JS.ACK.FACTS.${theirs}.1.1.1.1.0`)).toMatch(/permission/i);
      for (const inbox of ['_INBOX.>', '_INBOX.settlement.>', '_INBOX.*.*']) {
        const refused = new Promise((resolve) => {
          as('metering').connection.subscribe(inbox, { callback: (error) => resolve(error) });
        });
        expect(String(await refused)).toMatch(/permission/i);
      }
    });

    it('allocation gets no consumer over its own words, which it could have delivered among the facts', async () => {
      const [durable, filter] = ['allocation-telemetry-node-any-heartbeat-2', 'telemetry.node.*.heartbeat'];
      const known = 'allocation-telemetry-node-any-heartbeat';
      const make = async (name: string, sent: string, inBody: Partial<ConsumerConfig>): Promise<string> => {
        const config = { name, durable_name: name, ack_policy: AckPolicy.None, deliver_policy: DeliverPolicy.All };
        const body = {
          stream_name: TELEMETRY.name,
          config: { ...config, ...inBody, deliver_subject: 'fact.rental.1.Forged' },
        };
        const subject = `$JS.API.CONSUMER.CREATE.TELEMETRY.${name}${sent === '' ? '' : `.${sent}`}`;
        try {
          const answer = await as('allocation').connection.request(subject, JSON.stringify(body), { timeout: 2_000 });
          return JSON.stringify(answer.json<{ error?: unknown }>().error ?? 'made');
        } catch (error) {
          return String(error);
        }
      };
      await as('allocation').admin.consumers.delete(TELEMETRY.name, known);
      const before = await factCount();
      expect(await make(durable, filter, { filter_subject: filter })).toMatch(/permission/i);
      expect(await make(known, 'telemetry.node.*.probe', { filter_subject: 'telemetry.node.*.probe' })).toMatch(
        /permission/i,
      );
      expect(await make(known, '', {})).toMatch(/permission/i);
      expect(await make(known, filter, {})).toMatch(/filter/i);
      expect(await make(known, filter, { filter_subject: 'telemetry.node.*.probe' })).toMatch(/filter/i);
      expect(await make(known, filter, { filter_subject: filter, name: 'x', durable_name: 'x' })).toMatch(/name/i);
      expect(await factCount()).toBe(before);
    });

    it('allocation cannot read its own words from the bucket so that they land among the facts', async () => {
      const before = await factCount();
      const desired = await as('allocation').bucket<unknown>(DESIRED_BUCKET);
      await desired.put('forged', envelopes('rental-1', -1, 'forged')[0]);
      const { connection } = as('allocation');
      connection.publish(`$JS.API.DIRECT.GET.KV_desired.$KV.desired.forged`, '', { reply: 'fact.rental.1.Forged' });
      await connection.flush();
      expect((await as('allocation').admin.streams.info('KV_desired')).config.allow_direct).not.toBe(true);
      expect(await factCount()).toBe(before);
    });
  });
});
