/** What a sandbox may see of the host: programs and libraries, read-only, and the harmless part of /etc. */

import { existsSync, lstatSync, readlinkSync } from 'node:fs';

const SYSTEM_DIRS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** Never passwd, shadow, ssh, resolv.conf or anything of the operator's: those are written afresh per lease. */
const ETC = [
  'alternatives',
  'bash.bashrc',
  'ca-certificates',
  'ca-certificates.conf',
  'debian_version',
  'glvnd',
  'gai.conf',
  'host.conf',
  'inputrc',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'locale.alias',
  'localtime',
  'magic',
  'mime.types',
  'OpenCL',
  'os-release',
  'perl',
  'pki',
  'profile.d',
  'protocols',
  'python3',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
  'vulkan',
];

/** The bubblewrap arguments that lay the host's system into the sandbox. */
export function hostMounts(): string[] {
  return [
    ...SYSTEM_DIRS.flatMap(systemDir),
    ...ETC.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
  ];
}

/** On a merged-/usr system /bin is a link, and stays one. */
function systemDir(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  return stats.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

/** The best shell that the sandbox will find. */
export function loginShell(): string {
  return ['/bin/bash', '/bin/sh'].find((path) => existsSync(path)) ?? '/bin/sh';
}
