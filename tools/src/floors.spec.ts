import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';

/** Lints each text as if it stood in the given file, in a process of its own, and answers the rules that it broke. */
const LINT = `
  import { readFileSync } from 'node:fs';
  import { ESLint } from 'eslint';
  const eslint = new ESLint();
  const broken = [];
  for (const { at, code } of JSON.parse(readFileSync(0, 'utf8'))) {
    const [result] = await eslint.lintText(code, { filePath: at });
    broken.push(result.messages.map((message) => message.ruleId ?? message.message));
  }
  console.log('\\n' + JSON.stringify(broken));
`;

const domain = 'libs/domain/src/money.ts';
const contracts = 'libs/contracts/src/agent/protocol.ts';
const runtime = 'libs/runtime/src/ids.ts';
const spec = 'tools/src/floors.spec.ts';
const service = firstFile('apps/agent/src');
const neighbour = posix.relative(posix.dirname(service), firstFile('apps/settlement/src')).replace(/\.ts$/, '.js');
const audit = firstFile('libs/audit/src');
const tool = 'tools/src/test/tally.ts';

const uses = (what: string): string => `import * as other from '${what}';\nexport const seen = other;\n`;
const says = (expression: string): string => `export const said = (): unknown => ${expression};\n`;

const FLOOR = '@nx/enforce-module-boundaries';
const refused: readonly (readonly [why: string, at: string, code: string, rule: string])[] = [
  ['the domain imports no contracts', domain, uses('@tokenos/contracts/agent/protocol'), FLOOR],
  ['the domain imports no package', domain, uses('zod'), 'no-restricted-imports'],
  ['the domain imports nothing from Node', domain, uses('node:crypto'), 'no-restricted-imports'],
  ['the domain does not climb out by a relative path', domain, uses('../../runtime/src/clock.js'), FLOOR],
  ['contracts import no runtime', contracts, uses('@tokenos/runtime/clock'), FLOOR],
  ['the runtime imports no domain', runtime, uses('@tokenos/domain/money'), FLOOR],
  ['the runtime imports no contracts', runtime, uses('@tokenos/contracts/agent/protocol'), FLOOR],
  ['the audit shares no arithmetic with the domain', audit, uses('@tokenos/domain/money'), FLOOR],
  ['a service does not import a service', service, uses('@tokenos/settlement/main'), FLOOR],
  ['a service does not import a service by path', service, uses(neighbour), FLOOR],
  ['a service does not import the test library', service, uses('@tokenos/testing/story'), FLOOR],
  ['a tool does not import the test library', tool, uses('@tokenos/testing/story'), FLOOR],
  ['a service does not import a tool', service, uses('@tokenos/tools/chain/local-chain'), FLOOR],
  ['the domain knows no date', domain, says('new Date(0)'), 'no-restricted-globals'],
  ['the domain rolls no dice', domain, says('Math.random()'), 'no-restricted-syntax'],
  ['the domain reads no environment', domain, says("process.env['HOME']"), 'no-restricted-globals'],
  ['the domain waits for nothing', domain, says('setTimeout(() => undefined, 1)'), 'no-restricted-globals'],
  [
    'the domain reaches for none of these through globalThis',
    domain,
    says('globalThis.Date'),
    'no-restricted-properties',
  ],
  ['money is not parsed as a float', domain, says("parseFloat('0.1')"), 'no-restricted-globals'],
  [
    'money is not parsed as a float by another name',
    domain,
    says("Number.parseFloat('1')"),
    'no-restricted-properties',
  ],
  ['money is not formatted as a float', domain, says('(1).toFixed(2)'), 'no-restricted-syntax'],
  [
    'money does not become a number',
    domain,
    `const paidMicroUsdc = 1n;\n${says('Number(paidMicroUsdc)')}`,
    'no-restricted-syntax',
  ],
  ['a rule holds no fraction', domain, says('0.15'), 'no-restricted-syntax'],
  ['a service asks the clock', service, says('new Date()'), 'no-restricted-syntax'],
  ['a service asks the clock for milliseconds', service, says('Date.now()'), 'no-restricted-syntax'],
  ['contracts ask no clock', contracts, says('Date.now()'), 'no-restricted-syntax'],
  [
    'a service takes its ids from the runtime',
    service,
    "import { randomUUID } from 'node:crypto';\n",
    'no-restricted-syntax',
  ],
  ['a service logs through the logger', service, says("console.log('hello')"), 'no-restricted-syntax'],
  ['nothing is a barrel', runtime, "export * from './clock.js';\n", 'no-restricted-syntax'],
  ['nothing is exported by default', service, 'export default 1;\n', 'no-restricted-syntax'],
  ['nothing is any', service, 'export const loose: any = 1;\n', '@typescript-eslint/no-explicit-any'],
  [
    'no promise is left alone',
    service,
    'export function f(): void { Promise.resolve(); }\n',
    '@typescript-eslint/no-floating-promises',
  ],
  [
    'no expectation is left alone',
    spec,
    "it('x', () => { expect(Promise.resolve(1)).resolves.toBe(2); });\n",
    '@typescript-eslint/no-floating-promises',
  ],
  [
    'no error is ignored',
    service,
    '// @ts-ignore\nexport const wrong: string = 1;\n',
    '@typescript-eslint/ban-ts-comment',
  ],
  [
    'no case is forgotten',
    domain,
    "export function f(x: 'a' | 'b'): void { switch (x) { case 'a': } }\n",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
];

const allowed: readonly (readonly [why: string, at: string, code: string])[] = [
  ['contracts import the domain', contracts, uses('@tokenos/domain/money')],
  ['a service imports the runtime', service, uses('@tokenos/runtime/clock')],
  ['a spec imports the test library', spec, uses('@tokenos/testing/event-store/envelopes')],
  ['the clock reads the time', 'libs/runtime/src/clock.ts', says('Date.now()')],
  [
    'an instant that was handed in may become text',
    service,
    'export const said = (at: number): string => new Date(at).toISOString();\n',
  ],
  ['a count may become a number in the domain', domain, 'export const said = (bps: bigint): number => Number(bps);\n'],
];

/** Any real source file of the project will do: its text is replaced, its place is what counts. */
function firstFile(folder: string): string {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', folder], { encoding: 'utf8' }).split(
    '\n',
  );
  return files.find((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')) ?? `${folder}/main.ts`;
}

describe('the floors and the bans', () => {
  const texts = [...refused, ...allowed].map(([, at, code]) => ({ at, code }));
  let broken: string[][] = [];

  beforeAll(() => {
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', LINT], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
      env: { ...process.env, TSESTREE_SINGLE_RUN: 'false' },
    });
    broken = JSON.parse(output.trim().split('\n').at(-1) ?? '[]') as string[][];
  }, 120_000);

  it.each(refused.map(([why, , , rule], index) => ({ why, rule, index })))('say that $why', ({ rule, index }) => {
    expect(broken[index]).toContain(rule);
  });

  it.each(allowed.map(([why], index) => ({ why, index })))('let it be that $why', ({ index }) => {
    expect(broken[refused.length + index]).toEqual([]);
  });
});
