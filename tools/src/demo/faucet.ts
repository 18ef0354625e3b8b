/** Fills a wallet on the local chain: SOL for fees and local USDC. */

import { PublicKey } from '@solana/web3.js';
import { fillUp } from '../chain/faucet.js';
import { USDC_DECIMALS } from '../chain/local-keys.js';
import { connect } from '../wallet/connection.js';
import { toBaseUnits } from '../wallet/solana-pay-url.js';

/** `usdc` in whole USDC, decimal; "0" only opens the token account. */
export async function fillWallet(rpcUrl: string, address: string, usdc: string): Promise<void> {
  await fillUp(connect(rpcUrl), { wallet: new PublicKey(address), tokens: toBaseUnits(usdc, USDC_DECIMALS) });
}
