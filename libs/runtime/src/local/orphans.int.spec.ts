import { transformFile } from '@swc/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitSurvivor } from './survivor.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tokenos-orphans-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const comm = (pid: number): Promise<string> => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');

/** A program that starts `sleep` by our own startProcess, prints its pid, and waits to be killed. */
async function starterProgram(): Promise<string> {
  const options = { jsc: { parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } } as const;
  const { code } = await transformFile(join(__dirname, 'server-process.ts'), options);
  const program = join(dir, 'starter.cjs');
  const command = { program: 'sleep', args: ['60'], cwd: dir, logFile: join(dir, 'log'), stopSignal: 'SIGTERM' };
  const start = `exports.startProcess(${JSON.stringify(command)}).then(({ pid }) => console.log(pid));`;
  await writeFile(program, `${code}\n${start}\nsetInterval(() => undefined, 1000);\n`);
  return program;
}

describe('a server whose starter is killed', () => {
  it('is ended by the kernel', async () => {
    const starter = spawn(process.execPath, [await starterProgram()], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(starter.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    while ((await comm(pid)) !== 'sleep\n') await sleep(10);
    starter.kill('SIGKILL');
    for (let waited = 0; (await comm(pid)) === 'sleep\n' && waited < 5_000; waited += 20) await sleep(20);
    expect(await comm(pid)).not.toBe('sleep\n');
  });
});

describe('a server of the last run that is still shutting down', () => {
  it('is waited for', async () => {
    const survivor = spawn('sh', ['-c', 'sleep 0.5; true', `${dir}/nats.conf`], { stdio: 'ignore' });
    const begun = performance.now();
    await writeFile(join(dir, 'nats.pid'), String(survivor.pid));
    await awaitSurvivor(join(dir, 'nats.pid'), dir);
    expect(performance.now() - begun).toBeGreaterThan(300);
    await expect(readFile(join(dir, 'nats.pid'))).rejects.toThrow('ENOENT');
  });
});
