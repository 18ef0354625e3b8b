import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import { eventually } from './testing/eventually.js';
import { type RentedNode, rentedNode } from './testing/rented-node.js';

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
let node: RentedNode;
let buyer: RentedNode['buyer'];
let data: RentedNode['data'];
let dir: RentedNode['dir'];
let lease: RentedNode['lease'];
beforeAll(async () => {
  node = await rentedNode();
  ({ buyer, data, dir, lease } = node);
}, 60_000);
afterAll(() => node.close());

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
