import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { withBus } from '@tokenos/testing/bus/bus';
import { eventually } from '@tokenos/testing/bus/eventually';
import { recordedSignals, silentLog } from '@tokenos/testing/bus/signals';
import { withNats } from '@tokenos/testing/servers/nats';
import { setTimeout as sleep } from 'node:timers/promises';
import { PassOn } from '../service/pass-on.js';
import { Bus } from './bus.js';
import type { StoredContext } from './context.js';
import { BrokenInvariant, Undecodable } from './failures.js';
import { ensureStreams } from './streams.js';
import { JetStreamTransport } from './transport.js';

type Behaviour = (payload: unknown, context: StoredContext) => unknown;

/** A service whose handlers do what the test at hand wants. */
async function listening(bus: Bus, service: string, behaviour: Behaviour) {
  const heard: { payload: unknown; context: StoredContext }[] = [];
  @Controller()
  class Hearing {
    @EventPattern(['fact.rental.>'])
    async fact(@Payload() payload: unknown, @Ctx() context: StoredContext): Promise<void> {
      heard.push({ payload, context });
      await behaviour(payload, context);
    }
    @EventPattern(['tick.*', 'hint.>'])
    async core(@Payload() payload: unknown, @Ctx() context: StoredContext): Promise<void> {
      heard.push({ payload, context });
      await behaviour(payload, context);
    }
  }
  @Module({ controllers: [Hearing] })
  class Root {}

  const signals = recordedSignals();
  const strategy = new JetStreamTransport({
    service,
    bus,
    signals,
    log: silentLog,
    random: () => 0,
    superviseEveryMs: 100,
  });
  const app: INestMicroservice = await NestFactory.createMicroservice(Root, { strategy, logger: false });
  app.useGlobalFilters(new PassOn());
  await app.listen();
  return { heard, signals, close: () => app.close() };
}

describe('the JetStream transport', () => {
  const nats = withNats();
  const bus = withBus(nats, (options) => Bus.connect(options));
  let spec = 0;
  let service = '';
  let open: { close: () => Promise<void> }[] = [];

  const listen = async (behaviour: Behaviour = () => undefined) => {
    const listener = await listening(bus(), service, behaviour);
    open.push(listener);
    return listener;
  };
  const info = () => bus().admin.consumers.info('FACTS', `${service}-fact-rental-all`);
  const settled = (): Promise<void> =>
    eventually(async () => {
      const { num_pending, num_ack_pending } = await info();
      expect({ num_pending, num_ack_pending }).toEqual({ num_pending: 0, num_ack_pending: 0 });
    });

  beforeEach(async () => {
    service = `spec${++spec}`;
    await bus().admin.streams.purge('FACTS');
  });
  afterEach(async () => {
    await Promise.all(open.map(({ close }) => close()));
    open = [];
  });

  it('hands over payload, subject, bus time and sequence, and acknowledges when the handler resolves', async () => {
    const { heard } = await listen();
    await bus().publishStored('fact.rental.1.RentalEnded', { why: 'stopped' });
    await eventually(() => expect(heard).toHaveLength(1));
    const { last_seq, last_ts } = (await bus().admin.streams.info('FACTS')).state;
    expect(heard[0]).toEqual({
      payload: { why: 'stopped' },
      context: {
        subject: 'fact.rental.1.RentalEnded',
        busTimeMs: Date.parse(last_ts),
        deliveries: 1,
        sequence: last_seq,
      },
    });
    await settled();
  });

  it('brings what was published while nobody listened, also to a new process of the same service', async () => {
    const first = await listen();
    await bus().publishStored('fact.rental.1.A', 1);
    await eventually(() => expect(first.heard).toHaveLength(1));
    await settled();
    await first.close();
    await bus().publishStored('fact.rental.1.B', 2);
    const second = await listen();
    await eventually(() => expect(second.heard.map(({ payload }) => payload)).toEqual([2]));
  });

  it('delivers again, later, what failed for any reason, and then acknowledges it', async () => {
    const { heard, signals } = await listen((_payload, { deliveries }) => {
      if (deliveries < 3) throw new Error('database down');
    });
    await bus().publishStored('fact.rental.1.A', 1);
    await eventually(() => expect(heard.map(({ context }) => context.deliveries)).toEqual([1, 2, 3]));
    await settled();
    expect(signals.snapshot()).toMatchObject({ bus_nak: 2 });
    expect(signals.alarms).toEqual([]);
  });

  it.each([
    ['the handler cannot understand', 'message_undecodable', () => new Undecodable('no such fact')],
    ['breaks an invariant', 'invariant_broken', () => new BrokenInvariant('rental-1', 'I1')],
  ])('terminates and alarms what %s, once and for all', async (_what, alarm, error) => {
    const { heard, signals } = await listen(() => {
      throw error();
    });
    await bus().publishStored('fact.rental.1.A', 1);
    await settled();
    expect(heard).toHaveLength(1);
    expect(signals.alarms).toEqual([alarm]);
  });

  it('terminates and alarms what is not JSON, without asking the handler', async () => {
    const { heard, signals } = await listen();
    await bus().jetstream.publish('fact.rental.1.A', '{"half":');
    await settled();
    expect(heard).toEqual([]);
    expect(signals.alarms).toEqual(['message_undecodable']);
  });

  it('handles one entity in order and does not make others wait for it', async () => {
    const done: unknown[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await listen(async (payload) => {
      if (payload === 'a1') await held;
      done.push(payload);
    });
    for (const [id, payload] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['a', 'a3'],
    ]) {
      await bus().publishStored(`fact.rental.${id}.X`, payload);
    }
    await eventually(() => expect(done).toEqual(['b1']));
    release();
    await eventually(() => expect(done).toEqual(['b1', 'a1', 'a2', 'a3']));
  });

  it('finishes what is in flight when it closes, and gives back what has not begun', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = await listen(() => held);
    await bus().publishStored('fact.rental.1.A', 1);
    await bus().publishStored('fact.rental.1.B', 2);
    await eventually(() => expect(first.heard).toHaveLength(1));
    await eventually(async () => expect((await info()).num_ack_pending).toBe(2));
    const closed = first.close();
    await sleep(20);
    release();
    await closed;
    expect(first.heard.map(({ payload }) => payload)).toEqual([1]);
    const second = await listen();
    await eventually(() => expect(second.heard.map(({ payload }) => payload)).toEqual([2]));
  });

  it('makes a consumer anew that is gone, and does not bring again what was answered', async () => {
    const { heard, signals } = await listen();
    await bus().publishStored('fact.rental.1.A', 1);
    await settled();
    // The supervisor has seen the answer: it is what the new consumer starts behind.
    await sleep(250);
    await bus().admin.consumers.delete('FACTS', `${service}-fact-rental-all`);
    await bus().publishStored('fact.rental.1.B', 2);
    await eventually(() => expect(heard.map(({ payload }) => payload)).toEqual([1, 2]));
    expect(signals.alarms).toContain('consumer_gone');
  });

  it('misses nothing of a stream made anew, whose numbers begin again', async () => {
    const { heard } = await listen();
    await bus().publishStored('fact.rental.1.A', 1);
    await settled();
    await sleep(250);
    await bus().admin.streams.delete('FACTS');
    await ensureStreams(bus().admin);
    await bus().publishStored('fact.rental.1.B', 2);
    await eventually(() => expect(heard.map(({ payload }) => payload)).toEqual([1, 2]));
  });

  it('goes on after the server was restarted', async () => {
    const { heard } = await listen();
    await bus().publishStored('fact.rental.1.A', 1);
    await eventually(() => expect(heard).toHaveLength(1));
    await nats.restart();
    await eventually(() => expect(bus().connected).toBe(true), 15_000);
    await eventually(() => bus().publishStored('fact.rental.1.B', 2), 15_000);
    await eventually(() => expect(heard.map(({ payload }) => payload)).toContain(2), 15_000);
  }, 40_000);

  it('takes other patterns from core NATS, and a failing handler stops nothing', async () => {
    const { heard, signals } = await listen((payload) => {
      if (payload === 'bad') throw new Error('no');
    });
    await bus().connection.flush();
    bus().publish('tick.r1', 'bad');
    bus().connection.publish('tick.r1', 'not JSON');
    bus().publish('tick.r1', { minute: 1 });
    bus().publish('hint.payment', {});
    const on = (subject: string) => heard.filter(({ context }) => context.subject === subject);
    await eventually(() => expect(on('tick.r1').map(({ payload }) => payload)).toEqual(['bad', { minute: 1 }]));
    await eventually(() => expect(on('hint.payment')).toEqual([{ payload: {}, context: { subject: 'hint.payment' } }]));
    expect(signals.snapshot()).toMatchObject({ core_message_failed: 2 });
  });
});
