import { type Privilege, sandboxArguments, type SandboxSpec } from './arguments.js';
import { systemFiles } from './system-files.js';
import { workspaceAt } from './workspace.js';

const person = { username: 'ann', uid: 66_001, gid: 66_001, home: '/home/ann', shell: '/bin/bash' };
const spec = (over: Partial<SandboxSpec> = {}): SandboxSpec => ({
  privilege: { kind: 'root' },
  programs: { node: '/n/node', code: '/n/code', pty: '/n/pty', ptyBinary: '/n/node-pty-linux-x64' },
  workspace: workspaceAt('/data/workspaces/x'),
  etc: ['passwd'],
  tools: ['nvidia-smi'],
  person,
  gpus: [],
  settings: { hostname: 'rental-x', dropTo: null, home: '/home/ann', shell: '/bin/bash', env: { HOME: '/home/ann' } },
  ...over,
});
const layout = (over: Partial<SandboxSpec> = {}): string =>
  sandboxArguments(spec(over), ['--ro-bind', '/usr', '/usr']).layout.join(' ');
const user = (canForbidNesting: boolean): Partial<SandboxSpec> => ({
  privilege: { kind: 'user', canForbidNesting } satisfies Privilege,
});

describe('what a sandbox is made of', () => {
  it('dies with the agent, and has processes, network, names and memory of its own', () => {
    for (const option of [
      'die-with-parent',
      'unshare-pid',
      'unshare-net',
      'unshare-uts',
      'unshare-ipc',
      'new-session',
    ]) {
      expect(layout()).toContain(`--${option}`);
    }
    expect(layout()).toContain('--hostname rental-x');
  });

  it('binds nothing writable but home and tmp', () => {
    const writable = [...layout().matchAll(/--(?:dev-)?bind(?:-try)? (\S+) (\S+)/g)].map(([, from, to]) => [from, to]);
    expect(writable).toEqual([
      ['/data/workspaces/x/tmp', '/tmp'],
      ['/data/workspaces/x/home', '/home/ann'],
    ]);
    expect(layout()).toMatch(/--remount-ro \/ --chdir \/$/);
  });

  it("started by root keeps only what it needs to become the lease's user", () => {
    expect(layout()).toContain('--cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID');
    expect(layout()).not.toContain('--unshare-user');
  });

  it('started by another user lives in a user namespace without any privilege', () => {
    expect(layout(user(true))).toContain('--unshare-user --uid 66001 --gid 66001 --cap-drop ALL --disable-userns');
    expect(layout(user(false))).not.toContain('--disable-userns');
    expect(layout(user(true))).not.toContain('--cap-add');
  });

  it('gets the device files of its own cards only, and none when they are simulated', () => {
    expect(layout()).not.toContain('/dev/nvidia');
    const cards = layout({ gpus: [{ uuid: 'GPU-a', model: 'H100', devices: ['/dev/nvidia3'] }] });
    expect(cards.match(/\/dev\/nvidia\d/g)).toEqual(['/dev/nvidia3', '/dev/nvidia3']);
    expect(cards).toContain('/dev/nvidiactl');
  });

  it('shows its buyer no directory of the host on the command line', () => {
    expect(sandboxArguments(spec(), []).command.join(' ')).not.toContain('/data');
  });
});

describe('the system files of a sandbox', () => {
  const files = systemFiles({ person, hostname: 'rental-x', nameServer: null, greeting: 'SIMULATED\n' });

  it('know root and the buyer, and nobody of the host', () => {
    expect(files['passwd']?.split('\n').map((line) => line.split(':')[0])).toEqual(['root', 'ann', 'nobody', '']);
    expect(files['group']).toContain('ann:x:66001:');
  });

  it('name a server for names only where there is a network', () => {
    expect(files['resolv.conf']).toBe('');
    expect(systemFiles({ person, hostname: 'x', nameServer: '10.0.2.3', greeting: '' })['resolv.conf']).toBe(
      'nameserver 10.0.2.3\n',
    );
  });

  it('put the tools of the agent first in the PATH of login shells', () => {
    expect(files['profile']).toMatch(/^PATH="\/run\/tokenos\/bin:/);
  });
});
