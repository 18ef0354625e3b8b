/** Is the process alive, and is it fit to work? Plain HTTP routes beside the service's own, so that no guard of its stands before them. */

import type { FastifyInstance } from 'fastify';
import type { Signals } from './signals.js';

/** Throws or rejects where the part is not fit. */
export type Check = () => unknown;

export interface HealthParts {
  readonly service: string;
  readonly checks: Readonly<Record<string, Check>>;
  readonly signals: Signals;
}

const CHECK_TIMEOUT_MS = 2_000;

export interface Report {
  readonly ready: boolean;
  /** `ok`, or what is wrong, by the check's name. */
  readonly checks: Readonly<Record<string, string>>;
}

export async function report(checks: Readonly<Record<string, Check>>): Promise<Report> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const),
  );
  return { ready: results.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(results) };
}

/** `/healthz`: 200 while the process answers, with every counter. `/readyz`: 200 or 503. */
export function serveHealth(http: FastifyInstance, { service, checks, signals }: HealthParts): void {
  http.get('/healthz', async () => ({ service, ...(await report(checks)), signals: signals.snapshot() }));
  http.get('/readyz', async (_request, reply) => {
    const found = await report(checks);
    return reply.code(found.ready ? 200 : 503).send({ service, ...found });
  });
}

async function outcomeOf(check: Check): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([(async () => check())(), timeout]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
