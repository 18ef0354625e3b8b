import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { type DesiredLease, probeAnswer } from '@tokenos/contracts/agent/protocol';
import { type AgentProcess, buildAgent, runAgent } from './testing/agent-process.js';
import { Buyer, type Key, makeKey, firstLine, type Running } from './testing/buyer.js';
import { eventually } from './testing/eventually.js';
import { FakeGateway, signedWhole } from './testing/fake-gateway.js';
import { processesWith } from './testing/host-processes.js';
import { desired } from './testing/leases.js';

const dir = mkdtempSync(join(tmpdir(), 'agent-'));
const data = join(dir, 'data');
const gateway = new FakeGateway();
let agent: AgentProcess;
let lease: DesiredLease;
let key: Key;
let probeKey: Key;
let buyer: Buyer;

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
const workspace = (of: DesiredLease): string => join(data, 'workspaces', `${of.rentalId}.${of.attempt}`);
/** A server inside the sandbox that answers every connection with a greeting, on a port it prints. */
const serve = (greeting: string): string =>
  `/run/tokenos/agent/node -e 'require("net").createServer(s=>s.end("${greeting}")).listen(0,"127.0.0.1",function(){console.log(this.address().port)})'`;

beforeAll(async () => {
  buildAgent();
  key = makeKey(dir, 'buyer');
  probeKey = makeKey(dir, 'probe');
  await gateway.open();
  agent = runAgent({ gateway: gateway.url, data });
  await eventually(() => expect(gateway.heartbeats).not.toHaveLength(0), 15_000).catch((error: unknown) => {
    throw new Error(`the agent did not come up: ${agent.said()}`, { cause: error });
  });
  lease = desired({
    gpuUuids: gateway.node.gpus.slice(2, 4).map(({ uuid }) => uuid),
    authorizedKeys: [key.line],
    probeKey: probeKey.line,
  });
  gateway.desire(lease);
  await gateway.until(lease.rentalId, 'ready');
  buyer = new Buyer(gateway.node, lease.username, key);
}, 60_000);

afterAll(async () => {
  await agent.end('SIGTERM');
  await gateway.close();
  rmSync(dir, { recursive: true, force: true });
});

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

describe('a command over ssh', () => {
  it('brings back output, errors and the exit code', async () => {
    const { code, out, err } = await buyer.ssh('whoami; echo oops >&2; exit 7');
    expect({ code, out, err }).toEqual({ code: 7, out: `${lease.username}\n`, err: 'oops\n' });
  });

  it('reads what is piped into it until its end', async () => {
    const bytes = randomBytes(3_000_000);
    const { out } = await buyer.ssh('sha256sum', bytes);
    expect(out.slice(0, 64)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('loses nothing when stdout and stderr both outrun the client', async () => {
    const flood = 'for i in 1 2 3; do head -c 4000000 /dev/zero & head -c 4000000 /dev/zero >&2 & done; wait';
    const { child } = buyer.start(flood);
    child.stdout?.pause();
    child.stderr?.pause();
    await sleep(700);
    child.stdout?.resume();
    child.stderr?.resume();
    const received = [0, 0];
    child.stdout?.on('data', (chunk: Buffer) => (received[0] = (received[0] ?? 0) + chunk.length));
    child.stderr?.on('data', (chunk: Buffer) => (received[1] = (received[1] ?? 0) + chunk.length));
    await once(child, 'close');
    expect(received).toEqual([12_000_000, 12_000_000]);
  });

  it('that a signal killed is reported as killed, not as a success', async () => {
    const { code } = await buyer.ssh('kill -KILL $$');
    expect(code).toBe(255);
  });

  it('leaves background jobs alive when it disconnects, for the next session to see', async () => {
    await buyer.ssh('nohup sleep 4321 >/dev/null 2>&1 </dev/null & echo started > ~/mark');
    const { out } = await buyer.ssh('cat ~/mark; pgrep -xc sleep; pkill -x sleep');
    expect(out).toBe('started\n1\n');
  });
});

describe('a terminal', () => {
  it('has the size of the client, follows it, and hands on the exit code of the shell', async () => {
    const terminal = spawn('ssh', buyer.sshArguments('-tt'), { cols: 111, rows: 33, name: 'xterm-256color' });
    let screen = '';
    terminal.onData((text) => (screen += text));
    const exit = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    terminal.write('stty size; tty; echo $TERM\r');
    await eventually(() => expect(screen).toMatch(/33 111\s+\/dev\/pts\/\d+\s+xterm-256color/));
    terminal.resize(120, 40);
    terminal.write('stty size\r');
    await eventually(() => expect(screen).toContain('40 120'));
    terminal.write('exit 9\r');
    expect(await exit).toBe(9);
    expect(screen).toContain('SIMULATED');
    expect(screen).toContain(`rental-${lease.rentalId}`);
  });

  it('passes Ctrl-C to what runs in it', async () => {
    const terminal = spawn(
      'ssh',
      [...buyer.sshArguments('-tt'), 'trap "echo caught; exit 4" INT; echo up; while :; do sleep 0.05; done'],
      {},
    );
    let screen = '';
    terminal.onData((text) => (screen += text));
    const exit = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    await eventually(() => expect(screen).toContain('up'));
    terminal.write('\x03');
    expect(await exit).toBe(4);
    expect(screen).toContain('caught');
  });
});

describe('files', () => {
  it.each([
    ['over sftp', []],
    ['over the old protocol', ['-O']],
  ])('go both ways with scp %s', async (_way, options) => {
    const [local, back] = [join(dir, 'local.bin'), join(dir, 'back.bin')];
    writeFileSync(local, randomBytes(5_000_000));
    expect(await buyer.scp(local, `${buyer.target}:copy.bin`, ...options)).toMatchObject({ code: 0 });
    expect((await buyer.ssh('sha256sum < copy.bin')).out.slice(0, 64)).toBe(sha256(local));
    expect(await buyer.scp(`${buyer.target}:copy.bin`, back, ...options)).toMatchObject({ code: 0 });
    expect(sha256(back)).toBe(sha256(local));
  });

  it('can be arranged with sftp', async () => {
    writeFileSync(join(dir, 'note.txt'), 'hello\n');
    const { code, out } = await buyer.sftp(
      [
        'mkdir d',
        `put ${join(dir, 'note.txt')} d/a`,
        'rename d/a d/b',
        'symlink b d/link',
        'chmod 600 d/b',
        'ls -l d',
        'rm d/link',
        'pwd',
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/-rw-------.*\bb\b/);
    expect(out).toContain(`/home/${lease.username}`);
    expect((await buyer.ssh('cat d/b; ls d')).out).toBe('hello\nb\n');
    expect((await buyer.sftp('get nowhere')).code).not.toBe(0);
  });

  it('outside the sandbox are out of reach, whatever links are laid', async () => {
    await buyer.ssh(`ln -s ${data} sly`);
    const stolen = join(dir, 'stolen');
    const { code } = await buyer.scp(`${buyer.target}:sly/node.key`, stolen);
    expect(code).not.toBe(0);
    expect(existsSync(stolen)).toBe(false);
  });
});

describe('inside the sandbox', () => {
  it('nvidia-smi lists exactly the leased GPUs under a SIMULATED heading', async () => {
    const { out } = await buyer.ssh('nvidia-smi -L');
    const [heading, ...cards] = out.trim().split('\n');
    expect(heading).toMatch(/^SIMULATED/);
    expect(cards).toEqual(lease.gpuUuids.map((uuid, index) => `GPU ${index}: SIMULATED H100 (UUID: ${uuid})`));
    const table = (await buyer.ssh('nvidia-smi')).out;
    expect(table).toMatch(/^SIMULATED/);
    expect(table.match(/GPU-[0-9a-f-]{36}/g)).toEqual(lease.gpuUuids);
    expect((await buyer.ssh('echo $CUDA_VISIBLE_DEVICES')).out.trim()).toBe(lease.gpuUuids.join(','));
  });

  it('a login shell finds the same nvidia-smi', async () => {
    expect((await buyer.ssh('bash -lc "nvidia-smi -L"')).out).toContain('SIMULATED');
  });

  it('there is nothing of the agent, the operator or the host to see', async () => {
    const { out } = await buyer.ssh(
      `env; id -u; hostname; ls -d ${data} /root /etc/shadow /work 2>&1; ls /home; ps -ef | wc -l`,
    );
    expect(out).not.toContain('of-the-agent');
    expect(out).toContain(`rental-${lease.rentalId}`);
    expect(out.match(/No such file/g)).toHaveLength(4);
    expect(out).toMatch(new RegExp(`\\n${lease.username}\\n\\d\\n$`));
    expect(out).not.toMatch(/\n0\nrental/);
  });

  it('no file that the operator had open when starting the agent has been inherited', async () => {
    const { out } = await buyer.ssh('ls /proc/self/fd');
    expect(out).toBe('0\n1\n2\n3\n');
  });

  it('the system is read-only, its user has no privileges, and only home and tmp can be written', async () => {
    const { out } = await buyer.ssh(
      'for d in / /usr /etc /run/tokenos/bin; do touch $d/x 2>/dev/null && echo wrote $d; done; touch ~/x /tmp/x /dev/shm/x && echo fine; grep -E "CapEff|NoNewPrivs" /proc/self/status',
    );
    expect(out).toBe('fine\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n');
  });
});

describe('a local forward', () => {
  let host: Server;
  beforeAll(async () => {
    host = createServer((_request, response) => response.end('the operator')).listen(0, '127.0.0.1');
    await once(host, 'listening');
  });
  afterAll(() => host.close());

  it('reaches a server in the sandbox', async () => {
    const server = buyer.start(serve('from inside'));
    const port = await firstLine(server);
    const { out } = await buyer.ssh('cat', '', '-W', `127.0.0.1:${port}`);
    server.child.kill();
    expect(out).toBe('from inside');
  });

  it('does not reach the loopback of the host', async () => {
    const { port } = host.address() as AddressInfo;
    const { code, out } = await buyer.ssh('', 'GET / HTTP/1.0\r\n\r\n', '-W', `127.0.0.1:${port}`);
    expect(out).not.toContain('the operator');
    expect(code).not.toBe(0);
  });

  it('is the only kind: remote and agent forwarding are refused', async () => {
    const remote = await buyer.ssh('true', '', '-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:22');
    expect(remote.code).toBe(255);
    const agentForward = await buyer.ssh('echo "[$SSH_AUTH_SOCK]"', '', '-A');
    expect(agentForward.out).toBe('[]\n');
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

  it("is written down by the key's fingerprint", () => {
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

describe('the end of a lease', () => {
  it('kills the open session, its double-forked process and its forward within 5 s, and leaves nothing', async () => {
    const marker = `7${randomBytes(3).readUIntBE(0, 3)}`;
    const session = buyer.start(`(setsid sh -c 'setsid sleep ${marker} & exit' >/dev/null 2>&1 &); echo up; sleep 600`);
    expect(await firstLine(session)).toBe('up');
    const server = buyer.start(serve('hello').replace('s.end("hello")', 's.write("hello")'));
    const { forward, client } = await openForward(buyer, await firstLine(server));
    await eventually(() => expect(processesWith(`sleep ${marker}`)).not.toHaveLength(0));
    expect(existsSync(workspace(lease))).toBe(true);
    expect(processesWith(lease.rentalId)).not.toHaveLength(0);

    const gone = Promise.all([session.outcome, server.outcome, forward.outcome, once(client, 'close')]);
    const asked = performance.now();
    gateway.desire({ ...lease, revision: 9, state: 'ended' });
    const report = await gateway.until(lease.rentalId, 'ended', 5_000);
    // Reported only when it is true, so nothing here waits.
    expect(processesWith(`sleep ${marker}`)).toEqual([]);
    expect(processesWith(lease.rentalId)).toEqual([]);
    expect(existsSync(workspace(lease))).toBe(false);
    expect(report).toMatchObject({ sessions: 0, revision: 9 });
    await gone;
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect((await buyer.ssh('true')).code).toBe(255);
  });

  it('stands against older documents and repeated ones', async () => {
    gateway.desire(lease);
    gateway.desire({ ...lease, revision: 12 });
    const before = gateway.heartbeats.length;
    await eventually(() => expect(gateway.heartbeats.length).toBeGreaterThan(before + 2));
    expect(gateway.report(lease.rentalId)?.state).toBe('ended');
    expect((await buyer.ssh('true')).code).toBe(255);
  });
});

describe('a lease that cannot run', () => {
  it('fails with a reason', async () => {
    const impossible = desired({ rentalId: randomUUID(), username: 'wishful', gpuUuids: ['GPU-elsewhere'] });
    gateway.desire(impossible);
    expect((await gateway.until(impossible.rentalId, 'failed')).detail).toBe('this node has no GPU GPU-elsewhere');
  });
});

/** Through `ssh -L`, connected to the port inside; resolves once the greeting came through. */
async function openForward(by: Buyer, inside: string): Promise<{ readonly forward: Running; readonly client: Socket }> {
  const spare = createServer().listen(0, '127.0.0.1');
  await once(spare, 'listening');
  const { port } = spare.address() as AddressInfo;
  spare.close();
  await once(spare, 'close');
  const forward = by.start('', '-N', '-o', 'ExitOnForwardFailure=yes', '-L', `127.0.0.1:${port}:127.0.0.1:${inside}`);
  const client = await eventually(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  });
  await once(client, 'data');
  return { forward, client };
}
