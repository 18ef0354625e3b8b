/** The parts of `npm test`, in the order in which they run: the cheapest way to be wrong comes first. */

const bin = (name: string): string => `node_modules/${name}`;

/** Kept between runs, unlike everything else that tests write. */
const JEST_CACHE = 'node_modules/.cache/jest';

export type PartName = 'types' | 'lint' | 'unit' | 'integration' | 'e2e';

export interface Part {
  readonly name: PartName;
  /** Each is run with this very Node; all of them run, even after one has failed. */
  readonly commands: readonly (readonly string[])[];
  /** Jest parts count their tests, the others count as one test per command. */
  readonly jest: boolean;
  /** After this it is stopped and counts as failed: something hangs. */
  readonly limitSeconds: number;
}

const jestPart = (name: PartName, limitSeconds: number, ...options: string[]): Part => ({
  name,
  commands: [[bin('jest/bin/jest.js'), '--selectProjects', name, '--ci', '--cacheDirectory', JEST_CACHE, ...options]],
  jest: true,
  limitSeconds,
});

export const parts: readonly Part[] = [
  {
    name: 'types',
    commands: [
      [bin('typescript/bin/tsc'), '-b'],
      [bin('typescript/bin/tsc'), '-p', 'tsconfig.all.json'],
    ],
    jest: false,
    limitSeconds: 180,
  },
  {
    name: 'lint',
    commands: [
      [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
      [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'],
    ],
    jest: false,
    limitSeconds: 240,
  },
  // Jest leaves one core idle unless told otherwise.
  jestPart('unit', 420, '--maxWorkers=2'),
  // Real servers on a machine that may be busy: what takes long is not wrong, what hangs is.
  jestPart('integration', 600, '--maxWorkers=2', '--testTimeout=30000'),
  // Two at a time: each starts a whole platform, and then mostly waits for minutes to pass.
  jestPart('e2e', 1_200, '--maxWorkers=2', '--testTimeout=30000'),
];

/** `[]` means everything; otherwise the first word names a part and the rest narrows its test files by path. */
export function select(args: readonly string[]): readonly Part[] | null {
  const [name, ...patterns] = args;
  if (name === undefined) return parts;
  const part = parts.find((candidate) => candidate.name === name);
  if (part === undefined || (patterns.length > 0 && !part.jest)) return null;
  return [{ ...part, commands: part.commands.map((command) => [...command, ...patterns]) }];
}
