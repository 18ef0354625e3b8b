import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel, Exit } from '../link/channel.js';
import { buildAgent, builtPrograms } from '../testing/agent-process.js';
import { processesWith } from '../testing/host-processes.js';
import type { Privilege } from './arguments.js';
import { findPrivilege } from './privilege.js';
import { type Sandbox, startSandbox } from './sandbox.js';
import { systemFiles } from './system-files.js';
import { prepareWorkspace, removeWorkspace, workspaceAt } from './workspace.js';

const dir = mkdtempSync(join(tmpdir(), 'sandbox-'));
const workspace = workspaceAt(join(dir, 'workspace'));
const person = { username: 'buyer1', uid: 1000, gid: 1000, home: '/home/buyer1', shell: '/bin/sh' };

async function start(privilege: Privilege): Promise<Sandbox> {
  const files = systemFiles({ person, hostname: 'rental-1', nameServer: null, greeting: '' });
  await prepareWorkspace(workspace, {
    owner: null,
    files: { ...files, 'package.json': '{"type":"module"}' },
    tools: [],
  });
  return startSandbox({
    ...{ privilege, programs: builtPrograms(), workspace, person, gpus: [], tools: [], etc: Object.keys(files) },
    settings: {
      hostname: 'rental-1',
      dropTo: null,
      home: person.home,
      shell: person.shell,
      env: { HOME: person.home, PATH: '/usr/bin:/bin' },
    },
  });
}

async function ended(channel: Channel): Promise<{ readonly out: string; readonly exit: Exit }> {
  let out = '';
  channel.io.on('data', (chunk: Buffer) => (out += chunk.toString()));
  channel.err.resume();
  channel.io.end();
  const exit = await new Promise<Exit>((resolve) => channel.once('exit', resolve));
  return { out, exit };
}

beforeAll(buildAgent, 60_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a sandbox in a user namespace, as an agent without root makes it', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    const found = await findPrivilege(false);
    sandbox = await start(found);
  });
  afterAll(() => sandbox.kill());

  it('runs commands as an ordinary user of its own', async () => {
    const { out, exit } = await ended(
      sandbox.link.open({ kind: 'run', command: 'id -un; pwd; exit 3', pty: null, env: {} }),
    );
    expect(out).toBe('buyer1\n/home/buyer1\n');
    expect(exit).toEqual({ code: 3, signal: null, error: null });
  });

  it('cannot make namespaces of its own', async () => {
    const { exit } = await ended(sandbox.link.open({ kind: 'run', command: 'unshare -U true', pty: null, env: {} }));
    expect(exit.code).not.toBe(0);
  });

  it('passes on what a program asks of a server that is not there', async () => {
    const { exit } = await ended(sandbox.link.open({ kind: 'connect', host: '127.0.0.1', port: 9 }));
    expect(exit.error).toContain('ECONNREFUSED');
  });

  it('is gone, to the last process, when it has been killed', async () => {
    await ended(
      sandbox.link.open({ kind: 'run', command: 'setsid sleep 98765 >/dev/null 2>&1 &', pty: null, env: {} }),
    );
    expect(processesWith('sleep 98765')).not.toEqual([]);
    await sandbox.kill();
    expect(processesWith('sleep 98765')).toEqual([]);
    const late = await ended(sandbox.link.open({ kind: 'run', command: 'true', pty: null, env: {} }));
    expect(late.exit.error).toBe('the sandbox is gone');
  });
});

describe('a sandbox that cannot start', () => {
  it("answers with bubblewrap's own words", async () => {
    await removeWorkspace(workspace, join(dir, 'trash'));
    const broken = { ...builtPrograms(), node: '/nonexistent/node' };
    const spec = { privilege: { kind: 'user', canForbidNesting: false }, programs: broken, workspace, person } as const;
    const settings = { hostname: 'x', dropTo: null, home: person.home, shell: person.shell, env: {} };
    await expect(startSandbox({ ...spec, gpus: [], tools: [], etc: [], settings })).rejects.toThrow(
      /bubblewrap ended: bwrap: .*\/nonexistent\/node/,
    );
  });
});
