/** The fixed keys of the local chain. Public by design: whoever reads this can mint local dollars, and nothing else. */

import { createHash } from 'node:crypto';
import { Keypair } from '@solana/web3.js';

/** USDC has six decimals on every chain. */
export const USDC_DECIMALS = 6;

const fixedKey = (name: string): Keypair =>
  Keypair.fromSeed(createHash('sha256').update(`token-os local chain: ${name}`).digest());

export const LOCAL_KEYS = {
  /** Its address is the mint's, the same on every machine and after every restart. */
  usdcMint: fixedKey('usdc mint'),
  /** A token that is not USDC, for payments in the wrong one. */
  otherMint: fixedKey('another mint'),
  /** Mints and freezes both tokens, pays for the chain's own transactions, and is rich in SOL. */
  faucet: fixedKey('faucet'),
} as const;
