import {
  gatewayToAgent,
  HEARTBEAT_EVERY_MS,
  type DesiredNode,
  type GatewayToAgent,
} from '@tokenos/contracts/agent/protocol';
import { DESIRED_BUCKET } from '@tokenos/contracts/subjects';
import { FOLLOWER } from '@tokenos/runtime/service/tokens';
import type { FactFollower } from '@tokenos/runtime/views/follow';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { CLOSE } from '../agents/agent-session.js';
import { eventually, machineOnline, Others, TestMachine, WALLET } from '../testing/actors.js';
import { openSocket, type TestSocket } from '../testing/socket.js';
import { gatewayView } from '../view/view.js';
import { withGateway } from '../testing/with-gateway.js';

describe('an operator and its machines', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }));
  let token: string;

  beforeAll(async () => {
    token = await gateway.token('operator-1', ['operator']);
    await gateway.call('POST', '/v1/operator', { token, json: { payoutWallet: WALLET } });
  });

  async function enrolmentToken(json: object = {}): Promise<string> {
    const issued = await gateway.call('POST', '/v1/operator/nodes', { token, json: { hourlyPrice: '5.84', ...json } });
    expect(issued.status).toBe(201);
    return issued.body['token'] as unknown as string;
  }
  const enrol = (json: object) => gateway.call('POST', '/v1/operator/agent/enrol', { json });
  const nodes = async (bearer = token) =>
    (await gateway.call('GET', '/v1/operator/nodes', { token: bearer })).body['items'] as unknown as {
      nodeId: string;
    }[];

  describe('registering', () => {
    it('is said once, and may be said again', async () => {
      const before = await gateway.facts();
      const again = await gateway.call('POST', '/v1/operator', { token, json: { payoutWallet: WALLET } });
      expect(again.body).toEqual({ operatorId: 'operator-1', payoutWallet: WALLET });
      expect(await gateway.facts()).toBe(before);
    });

    it('cannot be used to change the wallet, nor with what is no wallet', async () => {
      const other = WALLET.replace('J', 'K');
      const changed = await gateway.call('POST', '/v1/operator', { token, json: { payoutWallet: other } });
      expect([changed.status, changed.body['code']]).toEqual([409, 'operator_exists']);
      const nonsense = await gateway.call('POST', '/v1/operator', { token, json: { payoutWallet: '0x1234' } });
      expect(nonsense.body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/payoutWallet' }] });
    });

    it('comes before machines', async () => {
      const early = await gateway.token('operator-9', ['operator']);
      const json = { hourlyPrice: '5.84' };
      const answer = await gateway.call('POST', '/v1/operator/nodes', { token: early, json });
      expect([answer.status, answer.body['code']]).toEqual([409, 'operator_absent']);
    });
  });

  describe('enrolling a machine', () => {
    it('prices it as the token says, and is safe to repeat', async () => {
      const machine = new TestMachine(gateway, 'operator-1');
      const request = machine.enrolment(await enrolmentToken());
      expect((await enrol(request)).body).toEqual({ nodeId: machine.nodeId, operatorId: 'operator-1' });
      const before = await gateway.facts();
      expect((await enrol(request)).status).toBe(201);
      expect(await gateway.facts()).toBe(before);
      const node = (await nodes()).find(({ nodeId }) => nodeId === machine.nodeId);
      expect(node).toMatchObject({
        state: 'pending',
        hourlyPrice: '5.840000',
        simulated: true,
        online: false,
        idleGpus: 1,
      });
    });

    it('takes a token as often as it says, and no other', async () => {
      const once = await enrolmentToken({ uses: 1 });
      expect((await enrol(new TestMachine(gateway, 'operator-1').enrolment(once))).status).toBe(201);
      const before = await gateway.facts();
      for (const given of [once, 'made-up']) {
        const answer = await enrol(new TestMachine(gateway, 'operator-1').enrolment(given));
        expect([answer.status, answer.body['code']]).toEqual([401, 'bad_enrolment_token']);
      }
      expect(await gateway.facts()).toBe(before);
    });

    it('gives one use to one machine, however many ask at once', async () => {
      const shared = await enrolmentToken({ uses: 2 });
      const machines = Array.from({ length: 5 }, () => new TestMachine(gateway, 'operator-1'));
      const answers = await Promise.all(machines.map((machine) => enrol(machine.enrolment(shared))));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 401, 401, 401]);
    });

    it('gives the use back where the machine is refused', async () => {
      const given = await enrolmentToken();
      const machine = new TestMachine(gateway, 'operator-1');
      const refused = await enrol({ ...machine.enrolment(given), gpuTier: 'ABACUS' });
      expect([refused.status, refused.body['code']]).toEqual([422, 'unknown_gpu_tier']);
      expect((await enrol(machine.enrolment(given))).status).toBe(201);
    });

    it('does not hand over a machine to who knows its id', async () => {
      const machine = new TestMachine(gateway, 'operator-1');
      await enrol(machine.enrolment(await enrolmentToken()));
      const thief = new TestMachine(gateway, 'operator-1').enrolment(await enrolmentToken());
      const answer = await enrol({ ...thief, nodeId: machine.nodeId });
      expect([answer.status, answer.body['code']]).toEqual([409, 'node_exists']);
    });

    it('keeps no token, only its hash', async () => {
      const given = await enrolmentToken();
      const { db } = gateway.service.resources;
      const rows = await db
        .selectFrom('enrolment_tokens' as never)
        .selectAll()
        .execute();
      expect(
        JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
      ).not.toContain(given);
    });
  });

  describe('a machine on offer', () => {
    it('is shown with its price in every tier, until it is drained, and again after', async () => {
      const machine = await machineOnline(gateway);
      const path = `/v1/operator/nodes/${machine.nodeId}`;
      const offer = async () => {
        const { body } = await gateway.call('GET', '/v1/public/offers?gpuTier=H100');
        return (body['items'] as unknown as { nodeId: string }[]).find(({ nodeId }) => nodeId === machine.nodeId);
      };
      expect(await offer()).toMatchObject({
        operatorId: 'operator-1',
        simulated: true,
        online: true,
        idleGpus: 1,
        prices: [
          { tier: 'ON_DEMAND', hourlyPrice: '5.840000' },
          { tier: 'SPOT', hourlyPrice: '3.504000' },
          { tier: 'RESERVED', hourlyPrice: '5.256000' },
        ],
      });
      await gateway.call('PATCH', path, { token, json: { draining: true } });
      expect(await offer()).toBeUndefined();
      const resumed = await gateway.call('PATCH', path, { token, json: { draining: false, hourlyPrice: '6' } });
      expect(resumed.body).toMatchObject({ draining: false, hourlyPrice: '6.000000' });
      expect(await offer()).toMatchObject({ prices: [{ hourlyPrice: '6.000000' }, {}, {}] });
      await gateway.call('DELETE', path, { token });
      expect(await offer()).toBeUndefined();
    });

    it('is not idle while a rental holds it', async () => {
      const machine = await machineOnline(gateway);
      const buyer = await gateway.token('buyer-1', ['buyer']);
      const json = { gpuTier: 'H100', durationMinutes: 60 };
      const { body } = await gateway.call('POST', '/v1/buyer/compute/requests', { token: buyer, json });
      const rentalId = body['rentalId'] as unknown as string;
      const others = new Others(gateway);
      await others.run(rentalId, machine);
      const idle = async () => (await nodes()).find(({ nodeId }) => nodeId === machine.nodeId);
      await eventually(async () => expect(await idle()).toMatchObject({ idleGpus: 0 }));
      await gateway.call('POST', `/v1/buyer/rentals/${rentalId}/stop`, { token: buyer });
      await others.rental(rentalId, (at) => ({ type: 'RevokeAccess', attempt: 1, at }));
      await eventually(async () => expect(await idle()).toMatchObject({ idleGpus: 1 }));
      const earned = await gateway.call('GET', '/v1/operator/earnings', { token });
      expect(earned.body['items']).toMatchObject([{ rentalId, minutesServed: 0, earned: '0.000000', payouts: [] }]);
    });

    it("is nobody else's to change or to see", async () => {
      const machine = await machineOnline(gateway);
      const rival = await gateway.token('operator-2', ['operator']);
      const before = await gateway.facts();
      const path = `/v1/operator/nodes/${machine.nodeId}`;
      const changes = [
        gateway.call('PATCH', path, { token: rival, json: { draining: true } }),
        gateway.call('DELETE', path, { token: rival }),
      ];
      for (const { status } of await Promise.all(changes)) expect(status).toBe(404);
      expect(await nodes(rival)).toEqual([]);
      expect(await gateway.facts()).toBe(before);
    });
  });

  describe('the agent socket', () => {
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
        { type: 'welcome', heartbeatEveryMs: HEARTBEAT_EVERY_MS },
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

  it('is the same again when the view is rebuilt from zero', async () => {
    const { db } = gateway.service.resources;
    const dump = async () =>
      Promise.all(
        gatewayView.tables.map(async (table) => {
          const rows = await db
            .selectFrom(table as never)
            .selectAll()
            .execute();
          return rows.map((row) => Object.values(row).map(String).join()).sort();
        }),
      );
    const before = await dump();
    expect(before.flat().length).toBeGreaterThan(10);
    await gateway.service.app.get<FactFollower>(FOLLOWER).rebuild();
    expect(await dump()).toEqual(before);
  });
});
