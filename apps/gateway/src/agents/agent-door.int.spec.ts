import {
  gatewayToAgent,
  HEARTBEAT_EVERY_MS,
  type DesiredNode,
  type GatewayToAgent,
} from '@tokenos/contracts/agent/protocol';
import { DESIRED_BUCKET } from '@tokenos/contracts/subjects';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { eventually, machineOnline, Others, TestMachine } from '../testing/actors.js';
import { openSocket, type TestSocket } from '../testing/socket.js';
import { withGateway } from '../testing/with-gateway.js';
import { CLOSE } from './agent-session.js';

describe('the agent socket', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }));
  const sockets: TestSocket[] = [];
  afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));
  let machine: TestMachine;
  beforeAll(async () => {
    machine = await machineOnline(gateway);
  });

  async function connect(): Promise<{ socket: TestSocket<GatewayToAgent>; nonce: string }> {
    const socket = await openSocket(
      `${gateway.url}/v1/operator/agent`,
      (text) => gatewayToAgent.parse(JSON.parse(text)),
      {},
    );
    sockets.push(socket);
    await eventually(() => expect(socket.messages[0]?.type).toBe('challenge'));
    const [challenge] = socket.messages;
    return { socket, nonce: challenge?.type === 'challenge' ? challenge.nonce : '' };
  }

  async function greeted(): Promise<TestSocket<GatewayToAgent>> {
    const { socket, nonce } = await connect();
    socket.send(machine.hello(nonce));
    await eventually(() => expect(socket.messages.map(({ type }) => type)).toContain('desired'));
    return socket;
  }

  it('welcomes a machine that proves itself, and tells it what to run, now and on every change', async () => {
    const socket = await greeted();
    expect(socket.messages.slice(1)).toEqual([
      { type: 'welcome', heartbeatEveryMs: HEARTBEAT_EVERY_MS, now: expect.any(String) as string },
      { type: 'desired', desired: { nodeId: machine.nodeId, leases: [] } },
    ]);
    const bucket = await gateway.service.resources.bus.bucket<DesiredNode>(DESIRED_BUCKET);
    const lease = {
      rentalId: gateway.service.resources.ids.next(),
      attempt: 1,
      revision: 2,
      state: 'run',
      gpuUuids: [machine.gpuUuid],
      username: 'r0123456789ab',
      authorizedKeys: [],
      probeKey: 'ssh-ed25519 AAAA',
      paidUntil: '2026-11-23T10:00:00.000Z',
    } as const;
    const desired = {
      nodeId: machine.nodeId,
      leases: [{ ...lease, gpuUuids: [...lease.gpuUuids], authorizedKeys: [] }],
    };
    await bucket.put(machine.nodeId, desired);
    await eventually(() => expect(socket.messages.at(-1)).toEqual({ type: 'desired', desired }));
    const again = await greeted();
    expect(again.messages.at(-1)).toEqual({ type: 'desired', desired });
  });

  it('tells a machine of an end at once, whoever else is down, and by the word of the store alone', async () => {
    const token = await gateway.token('buyer-1', ['buyer']);
    const json = { gpuTier: 'H100', durationMinutes: 10 };
    const asked = await gateway.call('POST', '/v1/buyer/compute/requests', { token, json });
    const rentalId = String(asked.body['rentalId']);
    await new Others(gateway).run(rentalId, machine);
    const { bus } = gateway.service.resources;
    const bucket = await bus.bucket<DesiredNode>(DESIRED_BUCKET);
    const lease = {
      ...{ rentalId, attempt: 1, revision: 3, state: 'run' as const, gpuUuids: [machine.gpuUuid] },
      ...{ username: 'r0123456789ab', authorizedKeys: [], probeKey: 'ssh-ed25519 AAAA' },
      paidUntil: '2026-11-23T10:00:00.000Z',
    };
    await bucket.put(machine.nodeId, { nodeId: machine.nodeId, leases: [lease] });
    const socket = await greeted();
    const ended = () =>
      socket.messages.filter((message) => message.type === 'desired' && message.desired.leases[0]?.state === 'ended');

    const { ids } = gateway.service.resources;
    const forged = {
      ...{ id: ids.next(), stream: `rental-${rentalId}`, revision: 4, type: 'RentalEnded.v1', by: 'gateway' },
      ...{ at: '2026-11-23T10:00:00.000Z', correlationId: ids.next(), causationId: ids.next() },
      ...{ data: {}, prevHash: '0'.repeat(64), hash: '0'.repeat(64) },
    };
    bus.connection.publish(`fact.rental.${rentalId}.RentalEnded`, JSON.stringify(forged));
    await bus.connection.flush();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(ended()).toEqual([]);

    await gateway.call('POST', `/v1/buyer/rentals/${rentalId}/stop`, { token, json: {} });
    await eventually(() => expect(ended()).toHaveLength(1));
    expect(ended()[0]).toEqual({
      type: 'desired',
      desired: { nodeId: machine.nodeId, leases: [{ ...lease, state: 'ended', revision: 4 }] },
    });
  });

  it('puts heartbeats on the bus as they came', async () => {
    const heard: unknown[] = [];
    const { bus } = gateway.service.resources;
    bus.connection.subscribe(`telemetry.node.${machine.nodeId}.heartbeat`, {
      callback: (_, message) => void heard.push(message.json()),
    });
    await bus.connection.flush();
    const socket = await greeted();
    const heartbeat = machine.heartbeat();
    socket.send({ type: 'heartbeat', heartbeat });
    await eventually(() => expect(heard).toEqual([heartbeat]));
  });

  it('takes a burst of heartbeats and then ten a second, and counts what it drops, over all connections of a machine', async () => {
    const busy = await machineOnline(gateway, 'operator-busy');
    const heard: unknown[] = [];
    const { bus, signals } = gateway.service.resources;
    bus.connection.subscribe(`telemetry.node.${busy.nodeId}.heartbeat`, {
      callback: (_, message) => void heard.push(message.json()),
    });
    await bus.connection.flush();
    const dropped = () => signals.snapshot()['heartbeats_dropped'] ?? 0;
    const before = dropped();
    for (let connection = 0; connection < 2; connection++) {
      const { socket, nonce } = await connect();
      socket.send(busy.hello(nonce));
      for (let n = 0; n < 50; n++) socket.send({ type: 'heartbeat', heartbeat: busy.heartbeat() });
      await eventually(() => expect(heard.length + dropped() - before).toBe(50 * (connection + 1)));
    }
    expect(heard.length).toBeGreaterThanOrEqual(60);
    expect(heard.length).toBeLessThan(90);
  });

  it('lets the newer of two connections of a machine live', async () => {
    const older = await greeted();
    await greeted();
    expect(await older.closed).toBe(CLOSE.replaced);
  });

  const stranger = () => new TestMachine(gateway, 'operator-1');
  it.each([
    [
      'a hello signed by another key',
      (nonce: string) => machine.hello(nonce, stranger().keys.privateKey),
      CLOSE.refused,
    ],
    ['a hello for another challenge', () => machine.hello('yesterday'), CLOSE.refused],
    ['a machine that nobody enrolled', (nonce: string) => stranger().hello(nonce), CLOSE.refused],
    ['a heartbeat before the hello', () => ({ type: 'heartbeat', heartbeat: machine.heartbeat() }), CLOSE.protocol],
    ['words it does not know', () => ({ type: 'hi' }), CLOSE.protocol],
  ])('hangs up on %s', async (_what, message, code) => {
    const { socket, nonce } = await connect();
    socket.send(message(nonce));
    expect(await socket.closed).toBe(code);
    expect(socket.messages).toHaveLength(1);
  });

  it.each([
    ['signed by another key', () => machine.heartbeat(stranger().keys.privateKey)],
    ['of another machine', () => stranger().heartbeat()],
    ['changed on the way', () => ({ ...machine.heartbeat(), seq: 999_999 })],
  ])('hangs up on a heartbeat %s, and nobody hears of it', async (_what, heartbeat) => {
    const heard: unknown[] = [];
    const { bus } = gateway.service.resources;
    const subscription = bus.connection.subscribe('telemetry.>', {
      callback: (_, message) => void heard.push(message.json()),
    });
    await bus.connection.flush();
    const socket = await greeted();
    socket.send({ type: 'heartbeat', heartbeat: heartbeat() });
    expect(await socket.closed).toBe(CLOSE.refused);
    await bus.connection.flush();
    expect(heard).toEqual([]);
    subscription.unsubscribe();
  });
});
