/** The buyer of every story: a wallet process, an ssh key, a token, a meter. Uses nothing but the front door. */

import type { Access } from '@tokenos/contracts/api/access';
import type { RentalRequestedAnswer } from '@tokenos/contracts/api/rental-request';
import type { RentalDetail } from '@tokenos/contracts/api/rental';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Api } from '../client/api.js';
import { openMeter, type Meter } from '../client/meter.js';
import { newIdentity, type SshIdentity } from '../client/ssh.js';
import { waitFor } from '../client/wait.js';
import { createWallet, payByWallet, type Paid } from '../client/wallet.js';
import type { Platform } from '../platform/platform.js';
import { fillWallet } from './faucet.js';

export interface FundedBuyer {
  readonly api: Api;
  readonly identity: SshIdentity;
  readonly wallet: string;
  readonly walletFile: string;
}

export interface Buyer extends FundedBuyer {
  readonly meter: Meter;
}

interface Who {
  readonly name: string;
  readonly usdc: string;
  /** How long their calls are repeated while the platform does not answer; 0 unless said. */
  readonly patienceMs?: number;
}

export async function newBuyer(platform: Platform, dataDir: string, usdc: string, name = 'buyer'): Promise<Buyer> {
  const [buyer, token] = await fundBuyer(platform, dataDir, { name, usdc });
  return { ...buyer, meter: await openMeter(platform.gatewayUrl, token) };
}

/** With their token. */
export async function fundBuyer(
  platform: Platform,
  dataDir: string,
  { name, usdc, patienceMs = 0 }: Who,
): Promise<[FundedBuyer, string]> {
  const dir = join(dataDir, name);
  await mkdir(dir, { recursive: true });
  const walletFile = join(dir, 'wallet.json');
  const [wallet, identity, token] = await Promise.all([
    createWallet(walletFile),
    newIdentity(join(dir, 'ssh')),
    platform.issuer.mint({ subject: name, roles: ['buyer'], hours: 24 }),
  ]);
  await fillWallet(platform.chain.rpcUrl, wallet, usdc);
  return [{ api: new Api(platform.gatewayUrl, token, patienceMs), identity, wallet, walletFile }, token];
}

/** Pays, and asks for access as soon as the platform says it saw the money: no polling anywhere. */
export async function payAndEnter(
  platform: Platform,
  buyer: Buyer,
  answer: RentalRequestedAnswer,
): Promise<{ paid: Paid; access: Access }> {
  const access = new Promise<Access>((resolve, reject) => {
    let asked = false;
    buyer.meter.onMessage((message) => {
      if (message.type !== 'state' || message.rentalId !== answer.rentalId || asked) return;
      if (message.state === 'requested') return;
      asked = true;
      buyer.api.access(answer.rentalId).then(resolve, reject);
    });
  });
  const [paid, entered] = await Promise.all([
    payByWallet(answer, { keyFile: buyer.walletFile, rpcUrl: platform.chain.rpcUrl }),
    access,
  ]);
  return { paid, access: entered };
}

export function awaitSettled(buyer: Buyer, rentalId: string, withinMs = 60_000): Promise<RentalDetail> {
  return waitFor('the rental to be settled', withinMs, async () => {
    const rental = await buyer.api.rental(rentalId);
    return rental.state === 'settled' ? rental : undefined;
  });
}
