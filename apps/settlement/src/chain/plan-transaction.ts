/** One transaction for all transfers of a plan, signed by the treasury: it lands whole or not at all. */

import { createTransferCheckedInstruction, getAssociatedTokenAddressSync } from '@solana/spl-token';
import { MOST_TRANSFERS } from '@tokenos/domain/settlement/plan';
import { ComputeBudgetProgram, PublicKey, Transaction, type Keypair } from '@solana/web3.js';
import { memoInstruction, signedBy, type Life } from './memo-transaction.js';
import type { PlanToSign } from './port.js';

const USDC_DECIMALS = 6;

/** Compute units: a generous bound of the memo, and of one transfer (the token program took up to 6,200 before p-token). */
const UNITS = { base: 40_000, perTransfer: 8_000 };

export interface PlanKeys {
  readonly treasury: Keypair;
  readonly mint: PublicKey;
  /** What each compute unit is worth to us, in millionths of a lamport. */
  readonly microLamportsPerUnit: number;
}

export const tokenAccountOf = (mint: PublicKey, wallet: PublicKey): PublicKey =>
  getAssociatedTokenAddressSync(mint, wallet, true);

/** Deterministic: the same plan and blockhash give the same bytes. Throws a RangeError for a plan that cannot be one transaction. */
export function signPlan(
  { planId, transfers }: PlanToSign,
  { treasury, mint, microLamportsPerUnit }: PlanKeys,
  life: Life,
): { bytes: string; signature: string } {
  if (transfers.length < 1 || transfers.length > MOST_TRANSFERS) throw new RangeError(`${transfers.length} transfers`);
  if (transfers.some(({ amountMicroUsdc }) => amountMicroUsdc <= 0n)) throw new RangeError('a transfer of nothing');
  const source = tokenAccountOf(mint, treasury.publicKey);
  const transaction = new Transaction({ feePayer: treasury.publicKey, ...life });
  transaction.add(
    ComputeBudgetProgram.setComputeUnitLimit({ units: UNITS.base + UNITS.perTransfer * transfers.length }),
    ComputeBudgetProgram.setComputeUnitPrice({ microLamports: microLamportsPerUnit }),
    ...transfers.map(({ to, amountMicroUsdc }) =>
      createTransferCheckedInstruction(
        source,
        mint,
        tokenAccountOf(mint, new PublicKey(to)),
        treasury.publicKey,
        amountMicroUsdc,
        USDC_DECIMALS,
      ),
    ),
    memoInstruction(planId),
  );
  return signedBy(treasury, transaction);
}
