/** Downloads from a gateway's audit door, line by line; one that breaks off goes on after the last line that came whole. */

import type { exportHeader } from '@tokenos/contracts/export/export-line';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { BadInput, Unreachable } from '../exit.js';
import { causeOf, fetchPatiently, PATIENCE, type Patience } from '../patience.js';
import { wholeLines } from '../reading/lines.js';

export type Kind = z.output<typeof exportHeader>['holds'];

export interface Gateway {
  /** Without a path. */
  readonly url: URL;
  readonly token: string;
  readonly patience?: Patience;
}

/**
 * Whole lines with their line breaks, of one download or more: each has its own header, and the last one its end. Throws
 * BadInput where the gateway refuses, Unreachable where it does not answer to the end, however often it is asked.
 */
export async function* download(
  { url, token, patience = PATIENCE }: Gateway,
  kind: Kind,
  after: string | null,
): AsyncGenerator<string> {
  let place = after;
  for (let breaks = 0; ; breaks++) {
    const answer = await ask(url, token, patience, kind, place);
    let why = 'it ended early';
    try {
      for await (const line of wholeLines(answer.body ?? [], url.origin)) {
        const { end, position } = read(line, url);
        yield line;
        if (end) return;
        if (position === null) continue;
        [place, breaks] = [position, 0];
      }
    } catch (error) {
      if (error instanceof BadInput) throw error;
      why = causeOf(error);
    }
    if (breaks + 1 >= patience.tries)
      throw new Unreachable(`${url.origin}: the download of ${kind} broke off ${patience.tries} times: ${why}`);
    await sleep(patience.firstWaitMs);
  }
}

async function ask(base: URL, token: string, patience: Patience, kind: Kind, after: string | null): Promise<Response> {
  const url = new URL(`/v1/audit/${kind}`, base);
  if (after !== null) url.searchParams.set('after', after);
  const what = `${base.origin}${url.pathname}`;
  const answer = await fetchPatiently(what, url, { headers: { authorization: `Bearer ${token}` } }, patience);
  if (answer.ok) return answer;
  await answer.body?.cancel();
  const { status } = answer;
  if (status === 401) throw new BadInput(`${what} does not take this token: it is wrong, or has expired (HTTP 401)`);
  if (status === 403) throw new BadInput(`${what} is not for this token: it lacks the role auditor (HTTP 403)`);
  if (status === 400)
    throw new BadInput(`${what} does not know the position ${after}: is it of another store? (HTTP 400)`);
  throw new BadInput(`${what} gives no export (HTTP ${status})`);
}

function read(line: string, { origin }: URL): { readonly end: boolean; readonly position: string | null } {
  try {
    const value = JSON.parse(line) as { readonly end?: unknown; readonly position?: unknown };
    return { end: value.end !== undefined, position: typeof value.position === 'string' ? value.position : null };
  } catch {
    throw new BadInput(`${origin} answers with something that is no export`);
  }
}
