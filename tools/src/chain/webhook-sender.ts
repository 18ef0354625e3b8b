/** The double for Helius: posts each confirmed transaction of the watched accounts, tries four times in all, then loses it. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, ParsedTransactionWithMeta, PublicKey } from '@solana/web3.js';
import { heliusBody, type HeliusShape } from './helius-body.js';

export interface Webhook {
  readonly url: string;
  /** Sent back verbatim in the Authorization header: all the authentication that Helius has. */
  readonly authorization: string;
  readonly shape?: HeliusShape;
  /** Waits before the second, third and fourth try, in milliseconds. */
  readonly retryAfterMs?: readonly number[];
}

export interface WebhookSender {
  /** A transaction was executed somewhere on the chain; whether it concerns us is found out here. Never throws. */
  offer(signature: string): void;
  /** Gives up on everything in flight. */
  stop(): Promise<void>;
}

const ANSWER_WITHIN_MS = 1_000;
const RETRY_AFTER_MS = [500, 1_000, 2_000];
const CONFIRMED_WITHIN_MS = 5_000;
const POLL_MS = 20;

export function webhookSender(connection: Connection, watched: readonly PublicKey[], hook: Webhook): WebhookSender {
  const stopped = new AbortController();
  const running = new Set<Promise<void>>();

  async function deliver(signature: string): Promise<void> {
    const seen = await confirmed(connection, signature, stopped.signal);
    if (seen === null || !concerns(seen, watched)) return;
    const body = JSON.stringify(heliusBody(hook.shape ?? 'enhanced', signature, seen));
    for (const waitMs of [0, ...(hook.retryAfterMs ?? RETRY_AFTER_MS)]) {
      await sleep(waitMs, undefined, { signal: stopped.signal });
      if (await post(hook, body, stopped.signal)) return;
    }
  }

  return {
    offer(signature) {
      // What fails here is lost, as it would be with Helius: the receiver's poll of the chain closes the gap.
      const delivery = deliver(signature).catch(() => undefined);
      running.add(delivery);
      void delivery.then(() => running.delete(delivery));
    },
    async stop() {
      stopped.abort();
      await Promise.all(running);
    },
  };
}

async function confirmed(
  connection: Connection,
  signature: string,
  signal: AbortSignal,
): Promise<ParsedTransactionWithMeta | null> {
  for (let waitedMs = 0; waitedMs < CONFIRMED_WITHIN_MS; waitedMs += POLL_MS) {
    const { value } = await connection.getSignatureStatus(signature);
    if (value?.err) return null;
    if (value?.confirmationStatus === 'confirmed') {
      return connection.getParsedTransaction(signature, { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
    }
    await sleep(POLL_MS, undefined, { signal });
  }
  return null;
}

const concerns = ({ transaction }: ParsedTransactionWithMeta, watched: readonly PublicKey[]): boolean =>
  transaction.message.accountKeys.some(({ pubkey }) => watched.some((account) => account.equals(pubkey)));

async function post({ url, authorization }: Webhook, body: string, stopped: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const headers = { 'content-type': 'application/json', authorization };
  return fetch(url, { method: 'POST', headers, body, signal }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.ok;
    },
    () => false,
  );
}
