/** What a command of the auditor has to say: to a person, to a program, and to the shell by its exit code. */

import { EXIT, exitCodeOf, type ExitCode } from './exit.js';

export interface Answer {
  readonly exitCode: ExitCode;
  /** Ends with a line break. */
  readonly text: string;
  /** The same as one JSON object; amounts may be bigint, and become decimal text. */
  readonly json: object;
}

/** Runs a command and prints its answer; one that fails says why on standard error, and nothing on standard output but its `--json`. */
export async function give(answer: () => Promise<Answer>, { json }: { readonly json: boolean }): Promise<void> {
  try {
    const { exitCode, text, json: object } = await answer();
    process.stdout.write(json ? asJson(object) : text);
    process.exitCode = exitCode;
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${process.exitCode === EXIT.fault && error instanceof Error ? error.stack : why}\n`);
    if (json) process.stdout.write(asJson({ verdict: null, error: why }));
  }
}

/** One line; money as decimal text of micro-USDC. */
export const asJson = (object: object): string =>
  `${JSON.stringify(object, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))}\n`;
