/** A sandbox's way out to the internet, where the machine can give one that reaches neither the host nor its private networks. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Privilege } from './arguments.js';

const run = promisify(execFile);
const READY_LIMIT_MS = 5_000;

/** slirp4netns' own resolver inside its network 10.0.2.0/24. */
const NAME_SERVER = '10.0.2.3';
/** The operator's neighbours and the cloud's metadata service are not for rent. */
const FORBIDDEN = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

export interface Network {
  /** For the operator, at start. */
  readonly description: string;
  readonly nameServer: string | null;
  /** Connects the sandbox whose process 1 has this host pid; answers how to disconnect it. */
  join(pid: number): Promise<() => void>;
}

export function loopbackOnly(why: string): Network {
  const description = `sandboxes have no network but their own loopback: ${why}`;
  return { description, nameServer: null, join: async () => () => undefined };
}

export async function findNetwork(privilege: Privilege): Promise<Network> {
  if (privilege.kind !== 'root') return loopbackOnly('the agent does not run as root');
  for (const [program, about] of [
    ['slirp4netns', '--version'],
    ['ip', '-V'],
    ['nsenter', '--version'],
  ] as const) {
    const there = await run(program, [about]).catch(() => null);
    if (there === null) return loopbackOnly(`${program} is not installed (apt-get install slirp4netns iproute2)`);
  }
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    return loopbackOnly('/dev/net/tun is missing');
  }
  const description = 'sandboxes reach the internet through slirp4netns, but neither this machine nor private networks';
  return { description, nameServer: NAME_SERVER, join: joinSlirp };
}

/** What listens on this machine's other addresses is not for rent either. */
function ownAddresses(): ReadonlySet<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((ofInterface) => ofInterface ?? []);
  const reachable = addresses.filter(({ family, internal }) => family === 'IPv4' && !internal);
  return new Set(reachable.map(({ address }) => `${address}/32`));
}

async function joinSlirp(pid: number): Promise<() => void> {
  const options = ['--configure', '--mtu=65520', '--disable-host-loopback', '--ready-fd=3', '--exit-fd=4'];
  const child = spawn('slirp4netns', [...options, String(pid), 'tap0'], {
    env: { PATH: process.env['PATH'] },
    detached: true,
    // Descriptor 4 ends with the agent, however that dies, and slirp4netns with it.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const leave = (): void => void child.kill('SIGKILL');
  try {
    const ended = once(child, 'exit').then((): never => {
      throw new Error('slirp4netns ended');
    });
    ended.catch(() => undefined);
    const ready = once(child.stdio[3] as Readable, 'data', { signal: AbortSignal.timeout(READY_LIMIT_MS) });
    await Promise.race([ready, ended]);
    for (const network of [...FORBIDDEN, ...ownAddresses()]) {
      await run('nsenter', ['-t', String(pid), '-n', 'ip', 'route', 'add', 'blackhole', network]);
    }
    return leave;
  } catch (error) {
    leave();
    throw error;
  }
}
