/** Looks, in milliseconds, for the system programs that npm cannot bring; installs them as root, otherwise says how. */
import { accessSync, constants, existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { Stop, step } from './step.mjs';

/** Debian's package, the programs we call from it, and why a person should want it. */
const SYSTEM = [
  { package: 'nats-server', programs: ['nats-server'], why: 'the message bus between the services' },
  { package: 'bubblewrap', programs: ['bwrap'], why: 'the sandbox that each rental runs in' },
  { package: 'openssh-client', programs: ['ssh', 'ssh-keygen', 'scp'], why: 'the ssh that a buyer logs in with' },
];

const MISSING_SYSTEM_PACKAGE = 3;

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Stop(`Node 20.19 or newer is needed; this is ${process.version}.`, MISSING_SYSTEM_PACKAGE);
}

/** @param {boolean} needsSystem whether this command starts servers and sandboxes at all */
export async function preflight(needsSystem) {
  // Debian keeps servers in sbin, which an ordinary user's PATH leaves out.
  process.env.PATH = [process.env.PATH, '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter);
  if (!needsSystem) return;
  if (process.platform !== 'linux') throw new Stop('Linux only for now: rentals run in Linux sandboxes.', 1);
  const missing = SYSTEM.filter((wanted) => !wanted.programs.every(onPath));
  if (missing.length > 0) await provide(missing);
  warnWhereSandboxesCannotStart();
}

function onPath(program) {
  return process.env.PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function provide(missing) {
  const packages = missing.map((wanted) => wanted.package);
  for (const wanted of missing) process.stderr.write(`• missing: ${wanted.package}, ${wanted.why}\n`);
  if (!onPath('apt-get')) {
    throw new Stop('Install them with your package manager, then run this again.', MISSING_SYSTEM_PACKAGE);
  }
  if (process.getuid() !== 0) {
    const command = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
    throw new Stop(`\nRun this once, then try again:\n\n  ${command}\n`, MISSING_SYSTEM_PACKAGE);
  }
  const title = `install ${packages.join(', ')}`;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = (mayFail) =>
    step(title, 'apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, mayFail });
  // Fresh images carry no package lists, old machines stale ones: fetch them only where the first try fails.
  if (!(await install(true))) {
    await step('fetch package lists', 'apt-get', ['update'], { env });
    if (!(await install(false))) throw new Stop('apt-get could not install them; see above.', MISSING_SYSTEM_PACKAGE);
  }
  // We start our own servers on free ports: Debian's service would only occupy 4222.
  if (packages.includes('nats-server') && existsSync('/run/systemd/system')) {
    spawnSync('systemctl', ['disable', '--now', 'nats-server'], { stdio: 'ignore' });
  }
}

/** Some containers and hardened kernels forbid user namespaces: say so at once, not when the first rental fails to start. */
function warnWhereSandboxesCannotStart() {
  const probe = spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { encoding: 'utf8' });
  if (probe.status === 0) return;
  const words = (probe.stderr || probe.error?.message || '').trim();
  process.stderr.write(`! sandboxes cannot start on this machine, so rentals will fail: ${words}\n`);
}
