import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { probeAnswer } from '@tokenos/contracts/agent/protocol';
import { Buyer, firstLine, makeKey } from './testing/buyer.js';
import { eventually } from './testing/eventually.js';
import { signedWhole } from './testing/fake-gateway.js';
import { desired } from './testing/leases.js';
import { type RentedNode, rentedNode } from './testing/rented-node.js';

let node: RentedNode;
let agent: RentedNode['agent'];
let buyer: RentedNode['buyer'];
let data: RentedNode['data'];
let dir: RentedNode['dir'];
let gateway: RentedNode['gateway'];
let key: RentedNode['key'];
let lease: RentedNode['lease'];
let probeKey: RentedNode['probeKey'];
beforeAll(async () => {
  node = await rentedNode();
  ({ agent, buyer, data, dir, gateway, key, lease, probeKey } = node);
}, 60_000);
afterAll(() => node.close());

describe('what the platform hears', () => {
  it('is one enrolment that says the GPUs are simulated', () => {
    const [enrolment] = gateway.enrolments;
    expect(gateway.enrolments).toHaveLength(1);
    expect(enrolment).toMatchObject({
      simulated: true,
      gpuTier: 'H100',
      region: 'eu-de',
      country: 'DE',
      sshHost: '127.0.0.1',
    });
    expect(enrolment?.gpus.map(({ model }) => model)).toEqual(Array<string>(8).fill('SIMULATED H100'));
    expect(new Set(enrolment?.gpus.map(({ uuid }) => uuid)).size).toBe(8);
  });

  it('is signed heartbeats, in order, with the level state of every lease', async () => {
    const before = gateway.heartbeats.length;
    await eventually(() => expect(gateway.heartbeats.length).toBeGreaterThan(before + 2));
    const heard = gateway.heartbeats.slice(-3);
    expect(heard.map(({ seq }) => seq - (heard[0]?.seq ?? 0))).toEqual([0, 1, 2]);
    expect(heard.every(({ leases }) => leases.length === 1)).toBe(true);
    expect(gateway.report(lease.rentalId)).toMatchObject({
      state: 'ready',
      attempt: 1,
      revision: 3,
      gpuUuids: lease.gpuUuids,
    });
    expect(gateway.faults).toEqual([]);
  });

  it('never includes a secret, and neither does the log', () => {
    expect(agent.said()).not.toContain('secret-token');
    expect(statSync(join(data, 'node.key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(data, 'ssh_host_ed25519.key')).mode & 0o777).toBe(0o600);
    expect(statSync(data).mode & 0o777).toBe(0o700);
  });
});

describe('who may log in', () => {
  it('is nobody with another key, another name or a password', async () => {
    const stranger = makeKey(dir, 'stranger');
    expect((await new Buyer(gateway.node, lease.username, stranger).ssh('true')).code).toBe(255);
    expect((await new Buyer(gateway.node, 'nobody1', key).ssh('true')).code).toBe(255);
    const { err } = await buyer.ssh('true', '', '-o', 'PubkeyAuthentication=no');
    expect(err).toContain('Permission denied (publickey)');
  });

  it("is written down by the key's fingerprint", async () => {
    await buyer.ssh('true');
    const listed = JSON.stringify(agent.said());
    expect(listed).toMatch(/SHA256:[A-Za-z0-9+/]{43}/);
    expect(listed).not.toContain(key.line.split(' ')[1]);
  });
});

describe('the key of the probe', () => {
  const nonce = 'ab'.repeat(16);
  const probe = (): Buyer => new Buyer(gateway.node, lease.username, probeKey);

  it('obtains a signed answer to a challenge', async () => {
    const { code, out } = await probe().ssh(`challenge ${nonce}`);
    const answer = probeAnswer.parse(JSON.parse(out));
    expect(code).toBe(0);
    expect(out.trimEnd()).not.toContain('\n');
    expect(answer).toMatchObject({ nodeId: gateway.node.nodeId, rentalId: lease.rentalId, attempt: 1, nonce });
    expect(signedWhole(answer, gateway.node.nodeKey)).toBe(true);
  });

  it.each(['id', 'challenge XYZ', `challenge ${nonce}; id`, ''])(
    'obtains nothing else by exec: %p',
    async (command) => {
      const { code, out } = await probe().ssh(command, 'id\n');
      expect(code).not.toBe(0);
      expect(out).toBe('');
    },
  );

  it('obtains no subsystem and no forward, and is no session of the buyer', async () => {
    expect((await probe().sftp('ls')).code).not.toBe(0);
    expect((await probe().ssh('', '', '-W', '127.0.0.1:22')).code).not.toBe(0);
    await eventually(() => expect(gateway.report(lease.rentalId)?.sessions).toBe(0));
  });
});

describe('a replaced key', () => {
  it('closes the sessions of the old one and lets the new one in', async () => {
    const [old, next] = [makeKey(dir, 'old'), makeKey(dir, 'next')];
    const other = desired({
      username: 'rekeyed',
      gpuUuids: [gateway.node.gpus[0]?.uuid ?? ''],
      authorizedKeys: [old.line],
    });
    gateway.desire(lease, other);
    await gateway.until(other.rentalId, 'ready');
    const session = new Buyer(gateway.node, other.username, old).start('echo in; sleep 600');
    expect(await firstLine(session)).toBe('in');
    await eventually(() => expect(gateway.report(other.rentalId)?.sessions).toBe(1));
    gateway.desire(lease, { ...other, revision: 4, authorizedKeys: [next.line] });
    expect((await session.outcome).code).toBe(255);
    await eventually(() => expect(gateway.report(other.rentalId)).toMatchObject({ sessions: 0, revision: 4 }));
    expect((await new Buyer(gateway.node, other.username, old).ssh('true')).code).toBe(255);
    expect((await new Buyer(gateway.node, other.username, next).ssh('echo new')).out).toBe('new\n');
  });
});

describe('a lease that cannot run', () => {
  it('fails with a reason', async () => {
    const impossible = desired({ rentalId: randomUUID(), username: 'wishful', gpuUuids: ['GPU-elsewhere'] });
    gateway.desire(impossible);
    expect((await gateway.until(impossible.rentalId, 'failed')).detail).toBe('this node has no GPU GPU-elsewhere');
  });
});
