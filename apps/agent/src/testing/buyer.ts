/** A buyer's side: keys made by ssh-keygen, and the system's ssh, scp and sftp with host key checking on. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnrolRequest } from '@tokenos/contracts/agent/protocol';

export interface Key {
  readonly file: string;
  /** The one-line public key. */
  readonly line: string;
}

export function makeKey(dir: string, name: string): Key {
  const file = join(dir, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
  return { file, line: readFileSync(`${file}.pub`, 'utf8').trim() };
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** A started program; its output is collected. */
export function run(command: string, args: readonly string[], input: string | Buffer = ''): Running {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
  return { child, outcome };
}

/** What a program says first. */
export async function firstLine({ child }: Running): Promise<string> {
  if (child.stdout === null) throw new Error('its output is not read');
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return chunk.toString().trim();
}

export class Buyer {
  readonly knownHosts: string;

  constructor(
    private readonly node: EnrolRequest,
    readonly username: string,
    private readonly key: Key,
  ) {
    this.knownHosts = `${key.file}.known_hosts`;
    writeFileSync(this.knownHosts, `[${node.sshHost}]:${node.sshPort} ${node.hostKey}\n`);
  }

  get target(): string {
    return `${this.username}@${this.node.sshHost}`;
  }

  /** Options that ssh, scp and sftp share. */
  get options(): string[] {
    const strict = [
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${this.knownHosts}`,
      'GlobalKnownHostsFile=/dev/null',
    ];
    const alone = ['IdentitiesOnly=yes', 'BatchMode=yes', 'ConnectTimeout=10', 'LogLevel=ERROR'];
    return ['-F', '/dev/null', ...[...strict, ...alone].flatMap((option) => ['-o', option]), '-i', this.key.file];
  }

  /** Everything before the command. */
  sshArguments(...more: readonly string[]): string[] {
    return [...this.options, '-p', String(this.node.sshPort), ...more, this.target];
  }

  start(command: string, ...more: readonly string[]): Running {
    return run('ssh', [...this.sshArguments(...more), command]);
  }

  ssh(command: string, input: string | Buffer = '', ...more: readonly string[]): Promise<Outcome> {
    return run('ssh', [...this.sshArguments(...more), command], input).outcome;
  }

  scp(from: string, to: string, ...more: readonly string[]): Promise<Outcome> {
    return run('scp', [...this.options, '-P', String(this.node.sshPort), ...more, from, to]).outcome;
  }

  sftp(batch: string): Promise<Outcome> {
    return run('sftp', [...this.options, '-P', String(this.node.sshPort), '-b', '-', this.target], batch).outcome;
  }
}
