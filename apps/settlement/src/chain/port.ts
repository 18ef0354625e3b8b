/** What the settlement service asks of a chain. Amounts are exact integers; anything a call could not find out, it throws as ChainUnavailable. */

import type { MicroUsdc } from '@tokenos/domain/money';
import type { Payer } from '@tokenos/domain/payment/payment';
import type { Millis } from '@tokenos/domain/time';

/** One transfer to the treasury, found on chain and analysed; at least `confirmed`, so it may still vanish. */
export interface IncomingTransfer {
  readonly kind: 'incoming';
  readonly signature: string;
  readonly slot: number;
  /** Of whole seconds, as the chain keeps it. */
  readonly blockTime: Millis;
  readonly genesisHash: string;
  readonly mint: string;
  /** Base units of `mint`, as our account's balance grew: micro-USDC where `refusal` is null. Always above zero. */
  readonly amount: bigint;
  /** Who gave it: one, as a rule; several where what they lost adds up to it; none where nobody can tell. */
  readonly payers: readonly Payer[];
  /** Every key that the transaction names without reason of its own. Public, so a match proves nothing alone. */
  readonly references: readonly string[];
  readonly memo: string | null;
  /** The token account of ours that was credited. */
  readonly destination: string;
  /** Why this is no USDC that the treasury could pay out again, or null: it is. */
  readonly refusal: Refusal | null;
}

/** Another token; a token of another program (Token-2022); USDC in an account of ours from which no plan pays. */
export type Refusal = 'wrong_mint' | 'wrong_program' | 'wrong_account';

export interface NotOurs {
  readonly kind: 'not_ours';
  readonly why: 'failed' | 'signed_by_treasury' | 'nothing_received';
}

/** Where the next scan goes on; JSON, kept by the caller in the transaction that keeps what was found. */
export interface ScanCursor {
  readonly genesisHash: string;
  readonly accounts: Readonly<Record<string, AccountMark>>;
}

export interface AccountMark {
  /** The newest finalized signature: everything up to it was handed out. */
  readonly until: string | null;
  /** Handed out too, but newer than `until`: not final yet. */
  readonly seen: readonly string[];
  /** Balance in base units when last looked at. */
  readonly balance: string;
}

export interface Scan {
  /** Oldest first per account, each once. A transfer whose block was dropped and landed again comes twice. */
  readonly transfers: readonly IncomingTransfer[];
  readonly cursor: ScanCursor;
  /**
   * Every finalized transfer of USDC in a block at or before this time has been handed out by now; null when the scan
   * stopped at its limit, or nothing is finalized yet. An expiry has passed when this is later than it.
   */
  readonly finalizedThrough: Millis | null;
}

export interface ForeignScan {
  readonly transfers: readonly IncomingTransfer[];
  readonly cursor: ScanCursor;
  /** Accounts that could not be read now; the cursor stays where it was for each. */
  readonly problems: readonly { readonly account: string; readonly why: string }[];
}

/** A payment as it was recorded when it was seen confirmed. */
export interface SeenPayment {
  readonly signature: string;
  readonly slot: number;
  readonly genesisHash: string;
}

export type PaymentTrace =
  | { readonly kind: 'on_its_way' }
  | { readonly kind: 'finalized' }
  /** Landed with an error, finally: nothing moved. */
  | { readonly kind: 'failed' }
  /** No trace of it on the final chain, of which this node has all that matters, and no block can take it any more. */
  | { readonly kind: 'gone' }
  /** No trace of it, but this node's history no longer reaches back to it: nobody can tell. */
  | { readonly kind: 'history_gone'; readonly firstSlot: number }
  /** The chain it was seen on is gone (a local chain that restarted): nobody can tell. */
  | { readonly kind: 'other_chain'; readonly genesisHash: string };

export interface FinalizedHead {
  readonly slot: number;
  readonly blockHeight: number;
  /** Null while the chain has no finalized block yet. */
  readonly blockTime: Millis | null;
}

/** Its owner must open a token account, have it thawed, or name a wallet that is a key at all: that part of a plan is parked. */
export type PayeeProblem = 'no_token_account' | 'frozen' | 'invalid_wallet';

export interface PlanToSign {
  readonly planId: string;
  /** 1 to 17, all above zero. */
  readonly transfers: readonly { readonly to: string; readonly amountMicroUsdc: MicroUsdc }[];
}

/** Recorded before it is sent: these bytes, and no others, until they can never land any more. */
export interface SignedPlan {
  readonly bytes: string;
  readonly signature: string;
  readonly lastValidBlockHeight: number;
  readonly genesisHash: string;
}

/** `unknown`: it may have arrived all the same; `outcome` will tell. `other_chain`: not sent, this chain is not the one it was signed for. */
export type SendResult = 'sent' | 'unknown' | 'other_chain';

export type PlanOutcome =
  | { readonly kind: 'pending' }
  | { readonly kind: 'confirmed' | 'finalized'; readonly slot: number; readonly blockTime: Millis }
  | { readonly kind: 'failed'; readonly slot: number; readonly error: string }
  /** It can never land: the finalized height had passed the last valid one, and then no trace of it was found in a history that reaches back to its signing. */
  | { readonly kind: 'expired'; readonly finalizedBlockHeight: number }
  /** No trace of it, but this node's history no longer reaches back to its signing: nobody can tell whether it landed. */
  | { readonly kind: 'history_gone'; readonly firstBlockHeight: number | null }
  /** The chain of these bytes is gone (a local chain that restarted): nobody can tell whether they landed. */
  | { readonly kind: 'other_chain'; readonly genesisHash: string };

export interface ChainPort {
  readonly mint: string;
  readonly treasury: { readonly wallet: string; readonly tokenAccount: string };
  /** What came into the account that plans pay from since `cursor` (null: since the beginning). */
  incoming(cursor: ScanCursor | null, options?: { limit?: number }): Promise<Scan>;
  /** What came into any other account of the treasury, with a cursor of its own: nothing there holds up what counts. */
  foreign(cursor: ScanCursor | null, options?: { limit?: number }): Promise<ForeignScan>;
  /** One transaction, by a hint; null while it is not confirmed, or unknown. */
  transaction(signature: string): Promise<IncomingTransfer | NotOurs | null>;
  /** Of a payment that was confirmed once. */
  trace(payment: SeenPayment): Promise<PaymentTrace>;
  finalizedHead(): Promise<FinalizedHead>;
  payeeProblem(wallet: string): Promise<PayeeProblem | null>;
  sign(plan: PlanToSign): Promise<SignedPlan>;
  /** A transaction that says this text and moves nothing. */
  signMemo(memo: string): Promise<SignedPlan>;
  /** Never throws. Sending the same bytes again is safe: a signature lands once. */
  send(signed: SignedPlan): Promise<SendResult>;
  outcome(signed: SignedPlan): Promise<PlanOutcome>;
  /** Finalized USDC in the account that plans pay from, and SOL for fees. */
  treasuryBalance(): Promise<{ amountMicroUsdc: MicroUsdc; lamports: bigint }>;
}

/** The chain did not answer, or not with what was asked: nothing is known, ask again later. */
export class ChainUnavailable extends Error {
  override readonly name = 'ChainUnavailable';
}
