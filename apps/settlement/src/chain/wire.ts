/** The parts of Solana's RPC answers that we read. Loose objects: nodes add fields, and we owe them no opinion on those. */

import { z } from 'zod';

/** Blocks for which a blockhash is good: bytes land after the block it is of, and within so many at the latest. */
export const BLOCKHASH_LIFE = 150;

const slot = z.int().nonnegative();
const baseUnits = z.string().regex(/^\d+$/);
/** Any JSON; null means that the transaction succeeded. */
const failure = z.unknown();

const tokenBalance = z.object({
  accountIndex: z.int().nonnegative(),
  mint: z.string(),
  owner: z.string().optional(),
  programId: z.string().optional(),
  uiTokenAmount: z.object({ amount: baseUnits }),
});
export type TokenBalance = z.infer<typeof tokenBalance>;

/** `getTransaction` with encoding `jsonParsed`: account keys come resolved, lookup tables included. */
export const transactionAnswer = z.object({
  slot,
  meta: z.object({
    err: failure,
    preTokenBalances: z.array(tokenBalance).nullish(),
    postTokenBalances: z.array(tokenBalance).nullish(),
  }),
  transaction: z.object({
    signatures: z.array(z.string()).min(1),
    message: z.object({
      accountKeys: z.array(z.object({ pubkey: z.string(), signer: z.boolean(), writable: z.boolean() })),
      instructions: z.array(
        z.object({ programId: z.string(), program: z.string().optional(), parsed: z.unknown().optional() }),
      ),
    }),
  }),
});
export type TransactionAnswer = z.infer<typeof transactionAnswer>;

const commitment = z.enum(['processed', 'confirmed', 'finalized']);

/** Newest first. */
export const signaturesAnswer = z.array(
  z.object({
    signature: z.string(),
    slot,
    err: failure,
    confirmationStatus: commitment.nullish(),
  }),
);
export type SignatureEntry = z.infer<typeof signaturesAnswer>[number];

export const statusesAnswer = z.object({
  context: z.object({ slot }),
  value: z.array(z.object({ slot, err: failure, confirmationStatus: commitment.nullish() }).nullable()),
});

const tokenAccountData = z.object({
  program: z.string(),
  parsed: z.object({
    info: z.object({
      mint: z.string(),
      owner: z.string(),
      state: z.string(),
      tokenAmount: z.object({ amount: baseUnits }),
    }),
  }),
});

/** Anybody can open accounts for us, of programs that a node may not parse: `data` is null where it says nothing that we know. */
export const tokenAccountsAnswer = z.object({
  value: z.array(
    z.object({ pubkey: z.string(), account: z.object({ data: tokenAccountData.nullable().catch(null) }) }),
  ),
});

/** An account that holds no token account parses too, with `data` as null. */
export const accountAnswer = z.object({
  value: z.object({ owner: z.string(), data: tokenAccountData.nullable().catch(null) }).nullable(),
});

export const tokenBalanceAnswer = z.object({ value: z.object({ amount: baseUnits }) });
export const lamportsAnswer = z.object({ value: z.number().nonnegative() });
export const blockhashAnswer = z.object({
  value: z.object({ blockhash: z.string(), lastValidBlockHeight: z.int().nonnegative() }),
});
export const slotAnswer = slot;
/** Of blocks: the slots that have one. */
export const slotsAnswer = z.array(slot);
/** `getBlock` without its transactions; null where a node cannot tell the height any more. */
export const blockAnswer = z.object({ blockHeight: z.int().nonnegative().nullish() }).nullable();
export const blockTimeAnswer = z.int().nullable();
export const textAnswer = z.string();
