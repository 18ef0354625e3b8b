import { execFileSync } from 'node:child_process';
import { sshArguments } from './ssh.js';

const machine = (port: number, key: string) => ({
  host: '127.0.0.1',
  port,
  username: 'buyer',
  knownHosts: `[127.0.0.1]:${port} ssh-ed25519 ${key}\n`,
  command: '',
  expiresAt: '2026-01-01T00:00:00.000Z',
});

/** What the system's own ssh understands of the arguments, by option. */
const understood = (args: readonly string[]) =>
  new Map(
    execFileSync('ssh', ['-G', ...args, 'buyer@127.0.0.1'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .map((line) => line.split(' '))
      .map(([option = '', ...value]) => [option, value.join(' ')]),
  );

it('lets one identity into two machines at once: each run knows the key of its own, and no file is shared', () => {
  const [one, other] = [machine(2201, 'AAAAone+/='), machine(2202, 'AAAAother')].map((access) =>
    understood(sshArguments({ keyFile: '/nowhere/id_ed25519' }, access)),
  );
  expect(one?.get('knownhostscommand')).toBe('/bin/echo [127.0.0.1]:2201 ssh-ed25519 AAAAone+/=');
  expect(other?.get('knownhostscommand')).toBe('/bin/echo [127.0.0.1]:2202 ssh-ed25519 AAAAother');
  for (const run of [one, other]) {
    expect(run?.get('userknownhostsfile')).toBe('/dev/null');
    expect(run?.get('globalknownhostsfile')).toBe('/dev/null');
    expect(run?.get('stricthostkeychecking')).toMatch(/^(yes|true)$/);
  }
});
