/** Finds out, once at start, how this machine can run sandboxes, or says what to install or permit. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Privilege } from './arguments.js';
import { hostMounts } from './host.js';

const run = promisify(execFile);

/** Throws an Error an operator can act on. */
export async function findPrivilege(isRoot = process.getuid?.() === 0): Promise<Privilege> {
  const help = await run('bwrap', ['--help']).catch(() => null);
  if (help === null) throw new Error('bubblewrap is missing: apt-get install bubblewrap');
  const privilege: Privilege = isRoot
    ? { kind: 'root' }
    : { kind: 'user', canForbidNesting: help.stdout.includes('--disable-userns') };
  const namespaces = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-net'];
  const user = isRoot ? [] : ['--unshare-user'];
  await run('bwrap', [...user, ...namespaces, ...hostMounts(), '--proc', '/proc', '--dev', '/dev', 'true']).catch(
    (error: unknown) => {
      const advice = isRoot
        ? 'the agent needs CAP_SYS_ADMIN, which containers withhold'
        : 'permit user namespaces (sysctl kernel.unprivileged_userns_clone=1, or an AppArmor profile for bwrap), or run the agent as root';
      throw new Error(
        `bubblewrap cannot make a sandbox here: ${advice}\n${error instanceof Error ? error.message : ''}`,
      );
    },
  );
  return privilege;
}
