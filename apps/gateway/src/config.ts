/** What the gateway must be told beside what every service is. */

import { solanaWallet } from '@tokenos/contracts/api/operator';
import { SPOT_RESERVE } from '@tokenos/domain/placement/admission';
import { z } from 'zod';

export const gatewayConfig = z.object({
  MODE: z
    .enum(['local', 'production'])
    .default('production')
    .describe('local or production; only local takes local tokens'),
  JWKS_FILE: z.string().min(1).describe('a file with the public keys that sign access tokens'),
  PUBLIC_URL: z.url().optional().describe('where the world reaches this gateway, if links shall be absolute'),
  CANARY_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional()
    .describe("the public key of the platform's own canary, Ed25519, base64url"),
  TREASURY_WALLET: solanaWallet.describe("the treasury's wallet address, base58"),
  USDC_MINT: solanaWallet.describe("USDC's mint address, base58"),
  HELIUS_AUTHORIZATION: z
    .string()
    .min(16)
    .optional()
    .describe('what Helius sends as Authorization, at least 16 characters'),
  RATE_LIMIT_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_200)
    .describe('requests per client address and minute'),
  SPOT_RESERVE: z.coerce
    .number()
    .int()
    .min(0)
    .default(SPOT_RESERVE)
    .describe("idle GPUs of each class that new SPOT rentals leave alone: allocation's own number"),
  TRUST_PROXY: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('how many proxies of ours stand before this door and add to X-Forwarded-For; 0 where clients reach it'),
  MAX_OPEN_QUOTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe('quotes that one buyer may hold which are neither paid nor expired'),
  MAX_DOWNLOADS: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(4)
    .describe("auditors' downloads that this process gives at once"),
  MAX_DOWNLOADS_PER_CALLER: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe("of those, how many may be one auditor's"),
  DOWNLOAD_STALLED_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(600)
    .describe('a download whose reader takes nothing for so long is cut off'),
});

export type GatewayConfig = z.output<typeof gatewayConfig>;
