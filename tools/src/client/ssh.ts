/** The system's own ssh with host key checking on: what a buyer types, and when its first byte of output came. */

import type { Access } from '@tokenos/contracts/api/access';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface SshIdentity {
  readonly keyFile: string;
  readonly publicKey: string;
}

export interface SshRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall time of the first byte of remote output; null where there was none. */
  readonly firstByteAtMs: number | null;
}

/** `ssh-keygen`'s own Ed25519 key, as a buyer would make one. */
export async function newIdentity(dir: string): Promise<SshIdentity> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const keyFile = join(dir, 'id_ed25519');
  const run = promisify(execFile);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'buyer', '-f', keyFile]);
  const { stdout } = await run('ssh-keygen', ['-y', '-f', keyFile]);
  return { keyFile, publicKey: stdout.trim() };
}

/**
 * Nothing of this machine's own ssh configuration takes part. The machine's key travels in the command, as in the line that
 * the gateway prints: one identity may enter many machines at once, and a file of known hosts would be theirs in common.
 */
export function sshArguments({ keyFile }: Pick<SshIdentity, 'keyFile'>, { port, knownHosts }: Access): string[] {
  const options = [
    'StrictHostKeyChecking=yes',
    `KnownHostsCommand=/bin/echo ${knownHosts.trim()}`,
    'UserKnownHostsFile=/dev/null',
    'GlobalKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    'ConnectTimeout=10',
    'LogLevel=ERROR',
  ];
  return ['-F', '/dev/null', '-i', keyFile, '-p', String(port), ...options.flatMap((o) => ['-o', o])];
}

const destination = ({ username, host }: Access): string => `${username}@${host}`;

export async function ssh(identity: SshIdentity, access: Access, command: string): Promise<SshRun> {
  const child = spawn('ssh', [...sshArguments(identity, access), destination(access), command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let firstByteAtMs: number | null = null;
  child.stdout.on('data', (chunk: Buffer) => {
    firstByteAtMs ??= Date.now();
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout, stderr, firstByteAtMs };
}

/** A session left open, to see it end with the rental. */
export function openSession(identity: SshIdentity, access: Access, ...more: string[]): ChildProcess {
  const args = [...sshArguments(identity, access), ...more, destination(access), 'sleep 100000'];
  return spawn('ssh', args, { stdio: 'ignore' });
}

/** A login shell on a terminal, as a person has it open. */
export interface Terminal {
  /** Everything it has shown so far. */
  said(): string;
  /** Settles when it is closed, from either end. */
  readonly ended: Promise<void>;
}

export function openTerminal(identity: SshIdentity, access: Access): Terminal {
  const args = [...sshArguments(identity, access), '-tt', destination(access)];
  // Its stdin stays open: a shell that reads its end goes home.
  const child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return { said: () => said, ended };
}

export async function scpTo(identity: SshIdentity, access: Access, from: string, to: string): Promise<void> {
  const args = sshArguments(identity, access).map((arg) => (arg === '-p' ? '-P' : arg));
  await promisify(execFile)('scp', [...args, from, `${destination(access)}:${to}`]);
}
