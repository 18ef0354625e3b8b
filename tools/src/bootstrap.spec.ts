import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bare = mkdtempSync(join(tmpdir(), 'tokenos-bare-'));
afterAll(() => rmSync(bare, { recursive: true }));

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** On a machine whose PATH holds nothing: what is looked for cannot be found, and nothing can be installed. */
const onBareMachine = (...args: string[]): Result =>
  spawnSync(process.execPath, ['tools/bootstrap.mjs', ...args], {
    env: { PATH: bare },
    encoding: 'utf8',
    timeout: 20_000,
  });

describe('the way in', () => {
  it('explains every command that npm runs through it before anything is installed', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const commands = Object.values(scripts).flatMap((script) => /bootstrap\.mjs ([\w:]+)/.exec(script)?.[1] ?? []);
    expect(commands).toContain('demo');
    for (const command of commands) {
      expect(onBareMachine('--help').stdout).toContain(`\n  ${command} `);
      expect(onBareMachine(command, '--help')).toMatchObject({ status: 0, stderr: '' });
    }
  });

  const commands = ['demo', 'start', 'token', 'bench', 'chaos', 'stories', 'views:rebuild'];
  it.each(commands)('lists each option that %s takes', (command) => {
    const source = readFileSync(`tools/src/${command.split(':')[0]}/main.ts`, 'utf8');
    const flags = [...source.matchAll(/(?:\.option|new Option)\(\s*'(--[a-z-]+)/g)].map(([, flag]) => flag ?? '');
    expect(flags.length).toBeGreaterThan(0);
    const help = onBareMachine(command, '--help').stdout;
    for (const flag of flags) expect(help).toContain(`\n  ${flag} `);
  });

  it('refuses a command that it does not know', () => {
    const { status, stdout, stderr } = onBareMachine('deom');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('There is no command "deom".');
  });

  it('names each missing system package and why it is needed, and keeps stdout for the command', () => {
    const { status, stdout, stderr } = onBareMachine('demo', '--json');
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain('missing: bubblewrap, the sandbox that each rental runs in');
    expect(stderr).toContain('missing: openssh-client');
  });

  it('ends a test run that could not begin with its summary line', () => {
    expect(onBareMachine('test')).toMatchObject({ status: 3, stdout: '0 passed, 1 failed\n' });
  });
});
