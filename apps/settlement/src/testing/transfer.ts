/** A transfer that pays the sample request to the micro-USDC, for specs to change. */

import { SECOND } from '@tokenos/domain/time';
import { signature } from '@tokenos/testing/generators/names';
import * as f from '@tokenos/testing/generators/sample-facts';
import type { IncomingTransfer } from '../chain/port.js';

export const incoming = (change: Partial<IncomingTransfer> = {}): IncomingTransfer => ({
  kind: 'incoming',
  signature: signature('Pay1'),
  slot: 1_001,
  blockTime: f.T0 + 20 * SECOND,
  genesisHash: f.GENESIS,
  mint: f.instructions.mint,
  amount: f.TOTAL,
  payers: [{ wallet: f.BUYER_WALLET, amount: f.TOTAL }],
  references: [f.instructions.reference],
  memo: null,
  destination: f.instructions.treasury,
  refusal: null,
  ...change,
});
