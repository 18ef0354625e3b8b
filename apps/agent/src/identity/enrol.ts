/** Enrols the node once with its operator's one-time token. */

import { setTimeout as sleep } from 'node:timers/promises';
import { enrolRequest, type EnrolRequest } from '@tokenos/contracts/agent/protocol';
import { backoffMs, type Random } from '@tokenos/runtime/bus/backoff';

const ANSWER_LIMIT_MS = 10_000;

/** The platform understood and said no: trying again would not help. */
export class EnrolmentRefused extends Error {}

/** "ws://host:1" -> "http://host:1/v1/operator/agent/enrol". */
export function enrolUrl(gateway: string): string {
  return `${gateway.replace(/^ws/, 'http').replace(/\/$/, '')}/v1/operator/agent/enrol`;
}

/** Tries until the platform answers. The same node id and key may be sent again: the answer to the first may have been lost. */
export async function enrol(
  gateway: string,
  request: EnrolRequest,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify(enrolRequest.parse(request));
  for (let failures = 1; ; failures += 1) {
    const answer = await fetch(enrolUrl(gateway), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
    }).catch(() => null);
    signal.throwIfAborted();
    if (answer !== null && (answer.status === 201 || answer.status === 200)) return;
    if (answer !== null && answer.status < 500 && answer.status !== 429) {
      throw new EnrolmentRefused(`the platform refused the enrolment (${answer.status}): ${await answer.text()}`);
    }
    await sleep(backoffMs(failures, random), undefined, { signal });
  }
}
