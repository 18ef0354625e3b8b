/** The demo's operators: each a wallet with a USDC account, a price, and a machine running the real agent. */

import { Api } from '../client/api.js';
import { waitFor } from '../client/wait.js';
import type { Platform } from '../platform/platform.js';
import { createWallet } from '../client/wallet.js';
import { fillWallet } from './faucet.js';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface OperatorPlan {
  readonly id: string;
  /** USDC per GPU-hour, on demand. */
  readonly hourlyPrice: string;
  /** `H100x8`. */
  readonly gpus: string;
  readonly region: string;
  readonly country: string;
}

export interface Operator extends OperatorPlan {
  readonly wallet: string;
}

/** The landing page's sample price, and a cheaper neighbour: placement has something to choose. */
export const DEMO_OPERATORS: readonly [OperatorPlan, OperatorPlan] = [
  { id: 'aurora', hourlyPrice: '5.84', gpus: 'H100x8', region: 'eu-de', country: 'DE' },
  { id: 'borealis', hourlyPrice: '5.21', gpus: 'H100x8', region: 'eu-se', country: 'SE' },
];

/** What `npm start` shows beside them, so that the marketplace has a class for everyone: one small machine each. */
export const MARKET_OPERATORS: readonly OperatorPlan[] = [
  { id: 'cirrus', hourlyPrice: '6.40', gpus: 'H200x8', region: 'us-va', country: 'US' },
  { id: 'dunes', hourlyPrice: '9.20', gpus: 'B200x8', region: 'fr-par', country: 'FR' },
  { id: 'estuary', hourlyPrice: '11.60', gpus: 'B300x8', region: 'no-osl', country: 'NO' },
  { id: 'fjord', hourlyPrice: '13.90', gpus: 'GB300x4', region: 'is-rey', country: 'IS' },
];

export const operatorDir = (dataDir: string, { id }: OperatorPlan): string => join(dataDir, 'operators', id);

export async function enrolOperator(platform: Platform, dataDir: string, plan: OperatorPlan): Promise<Operator> {
  const dir = operatorDir(dataDir, plan);
  await mkdir(dir, { recursive: true });
  const wallet = await createWallet(join(dir, 'wallet.json'));
  await fillWallet(platform.chain.rpcUrl, wallet, '0');
  const token = await platform.issuer.mint({ subject: plan.id, roles: ['operator'], hours: 24 });
  const api = new Api(platform.gatewayUrl, token);
  await api.becomeOperator(wallet);
  const enrolment = await api.enrolmentToken(plan.hourlyPrice);
  await startAgent(platform, join(dir, 'node'), plan, enrolment.token);
  return { ...plan, wallet };
}

/** What the platform calls the agent of this operator. */
export const agentOf = (operatorId: string): string => `agent-${operatorId}`;

/** `token`: null where the machine has enrolled before. */
export async function startAgent(
  platform: Platform,
  dir: string,
  { id, gpus, region, country }: OperatorPlan,
  token: string | null,
): Promise<void> {
  const flags = {
    gateway: platform.gatewayUrl.replace('http', 'ws'),
    data: dir,
    region,
    country,
    'simulate-gpus': gpus,
    'ssh-host': '127.0.0.1',
  };
  const args = ['run', ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])];
  // Not as an argument: those are for everyone on the machine to see.
  const env: Record<string, string> = token === null ? {} : { TOKENOS_ENROL_TOKEN: token };
  await platform.run(agentOf(id), { script: 'apps/agent/dist/main.js', args, env });
}

/** Verified, online and with idle GPUs, as the marketplace shows it. */
export async function awaitOffers(platform: Platform, count: number): Promise<void> {
  const api = new Api(platform.gatewayUrl);
  await waitFor(`${count} machines on offer`, 30_000, async () => {
    const { items } = await api.offers();
    return items.filter((offer) => offer.online && offer.idleGpus > 0).length >= count ? true : undefined;
  });
}
