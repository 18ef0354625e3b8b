/** A refusal on its way to the caller: thrown anywhere in the gateway, written as problem+json in one place. */

import type { ProblemBody } from '@tokenos/contracts/api/problem';
import { explain, type Rejection, type RejectionCode } from '@tokenos/domain/rejections';
import type { Rejected } from '@tokenos/runtime/stream-kind';
import { edgeProblems, type EdgeCode } from './edge-codes.js';
import { fieldOf, statusOf } from './domain-statuses.js';

export type FieldError = NonNullable<ProblemBody['errors']>[number];

export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: EdgeCode | RejectionCode,
    readonly status: number,
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

export interface ProblemOptions {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function problemOf(code: EdgeCode, { detail, errors, headers }: ProblemOptions = {}): Problem {
  const known = edgeProblems[code];
  return new Problem(code, known.status, detail ?? known.detail, errors, headers);
}

/** What a decider refused, in HTTP's words. The runtime knows rejections by shape only; here they are the domain's again. */
export function refusal(rejected: Rejected, field?: string): Problem {
  const rejection = rejected as Rejection;
  const detail = explain(rejection);
  const pointer = field ?? fieldOf(rejection.code);
  return new Problem(rejection.code, statusOf[rejection.code], detail, pointer === null ? [] : [{ pointer, detail }]);
}
