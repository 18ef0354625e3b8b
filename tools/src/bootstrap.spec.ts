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

  const helpOf = (command: string): string => onBareMachine(command, '--help').stdout;
  const sourceOf = (path: string): string => readFileSync(`tools/src/${path}`, 'utf8');
  const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, what]) => what ?? '');

  const commands = ['demo', 'start', 'token', 'bench', 'chaos', 'stories', 'views:rebuild', 'audit:build'];
  it.each(commands)('lists the options that %s takes, each with its value, and no others', (command) => {
    const folder = { 'views:rebuild': 'views', 'audit:build': 'audit-package' }[command] ?? command;
    const taken = found(sourceOf(`${folder}/main.ts`), /(?:\.option|new Option)\(\s*'(--[^']+)'/g);
    expect(taken.length).toBeGreaterThan(0);
    expect(found(helpOf(command), /^ {2}(--\S+(?: \S+)?) {2}/gm).sort()).toEqual(taken.sort());
  });

  it('lists the parts of bench and of test in their order', () => {
    const listed = (command: string) => found(helpOf(command), /^ {2}(\w+) {2}/gm);
    const bench = /const PARTS[^{]*\{([^}]*)\}/.exec(sourceOf('bench/main.ts'))?.[1] ?? '';
    expect(listed('bench')).toEqual(found(bench, /(\w+):/g));
    expect(listed('test')).toEqual(found(sourceOf('test/parts.ts'), /(?:name: |jestPart\()'(\w+)'/g));
  });

  it('says of the options of bench what bench itself says', () => {
    const says = found(sourceOf('bench/main.ts'), /\.option\('[^']+', '([^']+)'/g);
    expect(says.length).toBeGreaterThan(0);
    const help = helpOf('bench');
    for (const what of says) expect(help).toContain(what);
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
