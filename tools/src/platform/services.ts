/** The services in the order they start, and what each is told. Secrets go only to the one that needs them. */

import type { CanaryKeys } from './canary-keys.js';
import type { BusPasswords, BusUser } from './nats-users.js';

export interface Surroundings {
  readonly databaseUrl: string;
  /** undefined: facts are kept there too. */
  readonly eventStoreUrl: string | undefined;
  readonly natsUrl: string;
  readonly busPasswords: BusPasswords;
  readonly rpcUrl: string;
  readonly mint: string;
  readonly treasuryWallet: string;
  readonly treasuryKeyFile: string;
  readonly jwksFile: string;
  readonly heliusAuthorization: string;
  readonly gatewayPort: number;
  readonly canary: CanaryKeys;
  readonly clock: { readonly factor: number; readonly originMs: number };
}

export type ServiceName = BusUser;
export const SERVICES: readonly ServiceName[] = [
  'outbox',
  'settlement',
  'allocation',
  'preemption',
  'metering',
  'reputation',
  'carbon',
  'gateway',
];

type Environment = Readonly<Record<string, string>>;

export function environmentOf(service: ServiceName, around: Surroundings): Environment {
  const base: Environment = {
    // In a bundle, nobody would find the line that a stack trace names.
    NODE_OPTIONS: '--enable-source-maps',
    DATABASE_URL: around.databaseUrl,
    ...(around.eventStoreUrl !== undefined && { EVENTSTORE_URL: around.eventStoreUrl }),
    NATS_URL: around.natsUrl,
    NATS_USER: service,
    NATS_PASSWORD: around.busPasswords[service],
    ...clockEnvironment(around.clock),
  };
  return { ...base, ...own(service, around) };
}

export const clockEnvironment = ({ factor, originMs }: Surroundings['clock']): Environment => ({
  CLOCK_SCALE: String(factor),
  CLOCK_ORIGIN_MS: String(originMs),
});

function own(service: ServiceName, around: Surroundings): Environment {
  switch (service) {
    case 'gateway':
      return {
        MODE: 'local',
        HTTP_PORT: String(around.gatewayPort),
        PUBLIC_URL: `http://127.0.0.1:${around.gatewayPort}`,
        JWKS_FILE: around.jwksFile,
        TREASURY_WALLET: around.treasuryWallet,
        USDC_MINT: around.mint,
        HELIUS_AUTHORIZATION: around.heliusAuthorization,
        CANARY_KEY: around.canary.publicKey,
      };
    case 'allocation':
      return {
        ALLOCATION_CANARY_GATEWAY: `ws://127.0.0.1:${around.gatewayPort}`,
        ALLOCATION_CANARY_KEY: around.canary.privateKey,
      };
    case 'settlement':
      return { SOLANA_RPC_URL: around.rpcUrl, USDC_MINT: around.mint, TREASURY_KEY_FILE: around.treasuryKeyFile };
    default:
      return {};
  }
}
