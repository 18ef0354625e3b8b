/** Rentals one after the other while everything dies: buyers who ask, pay, stop or let the term elapse, and wait for their money. */

import type { RentalDetail } from '@tokenos/contracts/api/rental';
import type { RentalRequestedAnswer } from '@tokenos/contracts/api/rental-request';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refused } from '../client/api.js';
import { waitFor } from '../client/wait.js';
import { payByWallet } from '../client/wallet.js';
import type { FundedBuyer } from '../demo/buyer.js';
import type { Platform } from '../platform/platform.js';
import type { Asked } from './plan.js';

/** Whoever accepts to wait so long is placed when machines are back, and is promised nothing about the first minute. */
const MAX_WAIT_SECONDS = 3_600;
const LOOK_EVERY_MS = 500;
/** Wall time. */
const WITHIN_MS = 300_000;
const SEEN_WITHIN_MS = 15_000;

export interface Trade {
  readonly platform: Platform;
  readonly buyer: FundedBuyer;
}

/** From the request to the settlement. */
export async function rentOne({ platform, buyer }: Trade, asked: Asked): Promise<RentalDetail> {
  const { minutes, gpuCount, stopAfterSeconds } = asked;
  const rentalId = await rent({ platform, buyer }, { durationMinutes: minutes, gpuCount });
  if (stopAfterSeconds !== null) {
    await untilState(buyer, rentalId, ['running']);
    await sleep((stopAfterSeconds * 1000) / platform.clock.factor);
    await buyer.api.stop(rentalId);
  }
  return untilState(buyer, rentalId, ['settled', 'expired']);
}

/** Asked and paid for; gives the rental's id. */
export async function rent({ platform, buyer }: Trade, body: Readonly<Record<string, unknown>>): Promise<string> {
  const asked = {
    gpuTier: 'H100',
    maxWaitSeconds: MAX_WAIT_SECONDS,
    sshPublicKeys: [buyer.identity.publicKey],
    ...body,
  };
  const answer = await waitFor('a machine to be on offer', WITHIN_MS, () => tryRequest(buyer, asked));
  await pay({ platform, buyer }, answer);
  return answer.rentalId;
}

/** A wallet that fails on a busy machine is asked again, unless its money is seen to have arrived. */
async function pay({ platform, buyer }: Trade, answer: RentalRequestedAnswer): Promise<void> {
  await waitFor('the wallet to pay', WITHIN_MS, async () => {
    try {
      return await payByWallet(answer, { keyFile: buyer.walletFile, rpcUrl: platform.chain.rpcUrl });
    } catch {
      await sleep(SEEN_WITHIN_MS);
      return (await buyer.api.rental(answer.rentalId)).state === 'requested' ? undefined : true;
    }
  });
}

/** While a machine or all news of it is gone, nothing is on offer. */
async function tryRequest(buyer: FundedBuyer, body: Readonly<Record<string, unknown>>) {
  try {
    return await buyer.api.request(body);
  } catch (error) {
    if (!isRefused(error, 'no_capacity')) throw error;
    await sleep(LOOK_EVERY_MS);
    return undefined;
  }
}

export function untilState(
  buyer: FundedBuyer,
  rentalId: string,
  states: readonly RentalDetail['state'][],
): Promise<RentalDetail> {
  return waitFor(`rental ${rentalId} to be ${states.join(' or ')}`, WITHIN_MS, async () => {
    const rental = await buyer.api.rental(rentalId);
    if (states.includes(rental.state)) return rental;
    await sleep(LOOK_EVERY_MS);
    return undefined;
  });
}

const isRefused = (error: unknown, code: string): boolean =>
  error instanceof Refused && (error.problem as { readonly code?: string } | null)?.code === code;
