/** What settlement must be told beside what every service is: the chain, the mint, and where the treasury's key lies. */

import { z } from 'zod';

export const settlementConfig = z.object({
  SOLANA_RPC_URL: z.url({ protocol: /^https?$/ }),
  /** USDC's mint on this chain, base58. */
  USDC_MINT: z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/),
  /** Key file in the Solana command line's format, readable by its owner alone. */
  TREASURY_KEY_FILE: z.string().min(1),
  /** The scan that finds what no webhook announced. Off only to show that webhooks alone suffice. */
  SETTLEMENT_SCAN: z.stringbool().default(true),
  /** How long a transfer nobody is waiting for is kept before it goes back by itself. */
  SETTLEMENT_RETURN_UNMATCHED_AFTER_MINUTES: z.coerce.number().int().min(0).default(1_440),
});

export type SettlementConfig = z.output<typeof settlementConfig>;
