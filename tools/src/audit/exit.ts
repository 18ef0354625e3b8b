/** How the auditor's program ends: every way of not reaching a verdict, with the exit code that a script reads. */

export const EXIT = {
  clean: 0,
  findings: 1,
  /** What was given cannot be read, or not as what it was said to be. */
  badInput: 2,
  /** A gateway or a chain could not be reached, or did not answer to the end. */
  unreachable: 3,
  /** The program itself is at fault. */
  fault: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Words for a person that name the file and the line, or the option. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/** Carries no URL's query and no token: those may be secrets. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof BadInput) return EXIT.badInput;
  return error instanceof Unreachable ? EXIT.unreachable : EXIT.fault;
}
