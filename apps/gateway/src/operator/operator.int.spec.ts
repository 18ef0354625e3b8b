import { askForRebuild, readRebuild } from '@tokenos/runtime/views/rebuild/request';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { eventually, machineOnline, Others, TestMachine, WALLET } from '../testing/actors.js';
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
    return issued.body['token'] as string;
  }
  const enrol = (json: object) => gateway.call('POST', '/v1/operator/agent/enrol', { json });
  const nodes = async (bearer = token) =>
    (await gateway.call('GET', '/v1/operator/nodes', { token: bearer })).body['items'] as {
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
      const other = WALLET.replace('J', 'H');
      const changed = await gateway.call('POST', '/v1/operator', { token, json: { payoutWallet: other } });
      expect([changed.status, changed.body['code']]).toEqual([409, 'operator_exists']);
      for (const payoutWallet of ['0x1234', 'z'.repeat(44)]) {
        const nonsense = await gateway.call('POST', '/v1/operator', { token, json: { payoutWallet } });
        expect(nonsense.body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/payoutWallet' }] });
      }
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

    it.each([
      ['a host that would run a command when pasted into a shell', { sshHost: "h';touch /tmp/x;'" }, '/sshHost'],
      ['a host that ssh would take for an option', { sshHost: '-oProxyCommand=id' }, '/sshHost'],
      ['a host key with more than a key in it', { hostKey: "ssh-ed25519 AAAA' -o X" }, '/hostKey'],
    ])('refuses %s', async (_what, change, pointer) => {
      const before = await gateway.facts();
      const answer = await enrol({ ...new TestMachine(gateway, 'operator-1').enrolment('any'), ...change });
      expect(answer.body).toMatchObject({ code: 'invalid_request', errors: [{ pointer }] });
      expect(await gateway.facts()).toBe(before);
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
        return (body['items'] as { nodeId: string }[]).find(({ nodeId }) => nodeId === machine.nodeId);
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
      const rentalId = body['rentalId'] as string;
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
    await askForRebuild(db, { duties: false });
    await eventually(async () => expect(await readRebuild(db)).toMatchObject({ state: 'done' }));
    expect(await dump()).toEqual(before);
  });
});
