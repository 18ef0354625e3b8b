/** The bubblewrap command line of one lease. Pure, so that what a sandbox may see can be read and tested as text. */

import { SHARED_DEVICES } from '../gpus/nvidia.js';
import type { Gpu } from '../gpus/gpu.js';
import { LINK_FD, type InitSettings } from '../inside/settings.js';
import { PROGRAMS_DIR, programMounts, type Programs } from './programs.js';
import { NOTICES_DIR, type Person, TOOLS_DIR } from './system-files.js';
import type { Workspace } from './workspace.js';

/** bubblewrap writes `{"child-pid": n}` here. */
export const INFO_FD = LINK_FD + 1;

/** Made explicitly: parents that bubblewrap invents on its own are closed to all but root. */
const DIRS = [
  ...['/etc', '/etc/ssl', '/home', '/run', '/run/tokenos', '/var'],
  ...[TOOLS_DIR, NOTICES_DIR, PROGRAMS_DIR, `${PROGRAMS_DIR}/node_modules`, `${PROGRAMS_DIR}/node_modules/@lydell`],
];

export type Privilege =
  /** Started by root: no user namespace; the init drops to the lease's own user id. */
  | { readonly kind: 'root' }
  /** Started by an ordinary user: everything happens in a user namespace. */
  | { readonly kind: 'user'; readonly canForbidNesting: boolean };

export interface SandboxSpec {
  readonly privilege: Privilege;
  readonly programs: Programs;
  readonly workspace: Workspace;
  /** Names of the files in the workspace's `system` directory that belong under /etc. */
  readonly etc: readonly string[];
  /** Likewise, for the directory of tools that leads the PATH. */
  readonly tools: readonly string[];
  readonly person: Person;
  readonly gpus: readonly Gpu[];
  readonly settings: InitSettings;
}

export interface SandboxArguments {
  /** bubblewrap's own options: namespaces, mounts, privileges. */
  readonly layout: readonly string[];
  /** The init, as it is started inside. */
  readonly command: readonly string[];
}

export function sandboxArguments(spec: SandboxSpec, hostMounts: readonly string[]): SandboxArguments {
  const { workspace, person, programs, etc, tools, gpus, settings } = spec;
  const systemFile = (name: string, to: string): string[] => [
    '--ro-bind',
    `${workspace.system}/${name}`,
    `${to}/${name}`,
  ];
  const layout = [
    ...['--die-with-parent', '--new-session', '--info-fd', String(INFO_FD)],
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-net', '--unshare-cgroup-try'],
    ...['--hostname', settings.hostname],
    ...privileges(spec.privilege, person),
    ...DIRS.flatMap((dir) => ['--dir', dir]),
    ...hostMounts,
    ...['--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--tmpfs', '/dev/shm'],
    ...deviceMounts(gpus),
    ...etc.flatMap((name) => systemFile(name, '/etc')),
    ...tools.flatMap((name) => systemFile(name, TOOLS_DIR)),
    ...programMounts(programs),
    ...systemFile('package.json', PROGRAMS_DIR),
    ...['--ro-bind', workspace.notices, NOTICES_DIR],
    ...['--bind', workspace.tmp, '/tmp', '--symlink', '../tmp', '/var/tmp'],
    ...['--bind', workspace.home, person.home],
    ...['--remount-ro', '/', '--chdir', '/'],
  ];
  const command = [`${PROGRAMS_DIR}/node`, `${PROGRAMS_DIR}/code/inside/init.js`, JSON.stringify(settings)];
  return { layout, command };
}

function privileges(privilege: Privilege, { uid, gid }: Person): string[] {
  if (privilege.kind === 'root') return ['--cap-drop', 'ALL', '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID'];
  return [
    ...['--unshare-user', '--uid', String(uid), '--gid', String(gid), '--cap-drop', 'ALL'],
    ...(privilege.canForbidNesting ? ['--disable-userns'] : []),
  ];
}

/** The leased cards and no other, plus what the driver needs; a simulated lease gets no device at all. */
function deviceMounts(gpus: readonly Gpu[]): string[] {
  const own = gpus.flatMap(({ devices }) => devices);
  if (own.length === 0) return [];
  const devices = [...SHARED_DEVICES, ...own].flatMap((path) => ['--dev-bind-try', path, path]);
  return [...devices, '--ro-bind-try', '/sys', '/sys'];
}
