/** The parts of `npm test`, in the order in which they run: the cheapest ways to be wrong come first, and at the same time. */

const bin = (name: string): string => `node_modules/${name}`;

/** Kept between runs, unlike everything else that tests write. */
const JEST_CACHE = 'node_modules/.cache/jest';

export type PartName = 'types' | 'lint' | 'unit' | 'integration' | 'e2e';

export interface Part {
  readonly name: PartName;
  /** Each is run with this very Node; all of them run, one after the other, even after one has failed. */
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

const types: Part = {
  name: 'types',
  commands: [
    [bin('typescript/bin/tsc'), '-b'],
    [bin('typescript/bin/tsc'), '-p', 'tsconfig.all.json'],
  ],
  jest: false,
  limitSeconds: 240,
};

const lint: Part = {
  name: 'lint',
  commands: [
    [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'],
    [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  ],
  jest: false,
  limitSeconds: 300,
};

// Jest leaves one core idle unless told otherwise.
const unit = jestPart('unit', 420, '--maxWorkers=2');

// Real servers on a machine that may be busy: what takes long is not wrong, what hangs is.
const integration = jestPart('integration', 600, '--maxWorkers=2', '--testTimeout=30000');

// Three at a time: each starts a whole platform, and then mostly waits for minutes to pass.
const e2e = jestPart('e2e', 1_200, '--maxWorkers=3', '--testTimeout=30000');

/** What is run at the same time, because each by itself leaves a core idle. */
export const rounds: readonly (readonly Part[])[] = [[types, lint], [unit], [integration], [e2e]];

export const parts: readonly Part[] = rounds.flat();

/** `[]` means everything; otherwise the first word names a part and the rest narrows its test files by path. */
export function select(args: readonly string[]): readonly (readonly Part[])[] | null {
  const [name, ...patterns] = args;
  if (name === undefined) return rounds;
  const part = parts.find((candidate) => candidate.name === name);
  if (part === undefined || (patterns.length > 0 && !part.jest)) return null;
  return [[{ ...part, commands: part.commands.map((command) => [...command, ...patterns]) }]];
}
