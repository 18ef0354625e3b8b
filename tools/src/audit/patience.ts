/** HTTP as a polite guest asks: again after what may pass, later each time, and not before the host says. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Unreachable } from './exit.js';

export interface Patience {
  /** How often it is asked at most. */
  readonly tries: number;
  /** Waited after the first failure; twice as long after each further one. */
  readonly firstWaitMs: number;
}

export const PATIENCE: Patience = { tries: 6, firstWaitMs: 500 };
/** However long the host says. */
const LONGEST_WAIT_MS = 60_000;
const ANSWER_WITHIN_MS = 30_000;

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * The answer, whatever it says for good. Throws Unreachable, which names `what` and never the URL, because that may carry a key.
 * Its body may take as long as it takes.
 */
export async function fetchPatiently(
  what: string,
  url: string | URL,
  init: RequestInit,
  { tries, firstWaitMs }: Patience = PATIENCE,
): Promise<Response> {
  let why = '';
  for (let tried = 0; tried < tries; tried++) {
    let askedToWait = 0;
    const answer = await begun(url, init).catch((error: unknown) => {
      why = causeOf(error);
      return null;
    });
    if (answer !== null) {
      if (!PASSING.has(answer.status)) return answer;
      why = `HTTP ${answer.status}`;
      askedToWait = secondsIn(answer.headers.get('retry-after')) * 1000;
      await answer.body?.cancel();
    }
    if (tried + 1 < tries) await sleep(Math.min(LONGEST_WAIT_MS, Math.max(askedToWait, firstWaitMs * 2 ** tried)));
  }
  throw new Unreachable(`${what}: ${why} (asked ${tries} times)`);
}

/** Redirects are not followed: a token is for one host. */
async function begun(url: string | URL, init: RequestInit): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`)),
    ANSWER_WITHIN_MS,
  );
  try {
    return await fetch(url, { ...init, redirect: 'manual', signal: late.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** What went wrong underneath: `fetch failed` says nothing. */
export function causeOf(error: unknown): string {
  const { cause, message, code } = Object(error) as { cause?: unknown; message?: unknown; code?: unknown };
  if (cause !== undefined) return causeOf(cause);
  return [message, code].find((word) => typeof word === 'string' && word !== '')?.toString() ?? String(error);
}

const secondsIn = (header: string | null): number => (header !== null && /^\d{1,4}$/.test(header) ? Number(header) : 0);
