/** The chain port on Solana: any RPC node, USDC by its mint, one treasury. */

import { TOKEN_PROGRAM_ID } from '@solana/spl-token';
import { usdc } from '@tokenos/domain/money';
import { PublicKey, type Keypair } from '@solana/web3.js';
import { signMemo, type Life } from './memo-transaction.js';
import { signPlan, tokenAccountOf } from './plan-transaction.js';
import { paymentTrace } from './payment-trace.js';
import { planOutcome } from './plan-outcome.js';
import type { ChainPort, PayeeProblem, SendResult, SignedPlan } from './port.js';
import { finalizedHead, genesisHash, readTransfer } from './reader.js';
import { rpcClient, type Rpc } from './rpc.js';
import { scan, scanForeign } from './scan.js';
import * as wire from './wire.js';

export interface SolanaOptions {
  readonly rpcUrl: string;
  /** USDC's mint on this chain. */
  readonly mint: string;
  readonly treasuryKey: Keypair;
  /** Each RPC call ends within this; 5 s unless said otherwise. */
  readonly timeoutMs?: number;
  /** Priority fee, in millionths of a lamport per compute unit. */
  readonly microLamportsPerUnit?: number;
  readonly fetch?: typeof fetch;
}

export function solanaChain(options: SolanaOptions): ChainPort {
  const { rpcUrl, treasuryKey, timeoutMs = 5_000, microLamportsPerUnit = 1_000 } = options;
  const mint = new PublicKey(options.mint);
  const rpc = rpcClient({ url: rpcUrl, timeoutMs, ...(options.fetch && { fetch: options.fetch }) });
  const wallet = treasuryKey.publicKey.toBase58();
  const tokenAccount = tokenAccountOf(mint, treasuryKey.publicKey).toBase58();
  const keys = { treasury: treasuryKey, microLamportsPerUnit };
  const treasury = { wallet, tokenAccount, mint: mint.toBase58() };
  return {
    mint: treasury.mint,
    treasury: { wallet, tokenAccount },
    incoming: (cursor, scanOptions) => scan(rpc, treasury, cursor, scanOptions),
    foreign: (cursor, scanOptions) => scanForeign(rpc, treasury, cursor, scanOptions),
    transaction: async (signature) => readTransfer(rpc, treasury, await genesisHash(rpc), signature),
    trace: (payment) => paymentTrace(rpc, payment),
    finalizedHead: () => finalizedHead(rpc),
    payeeProblem: (payee) => payeeProblem(rpc, mint, payee),
    sign: (plan) => sign(rpc, (life) => signPlan(plan, { ...keys, mint }, life)),
    signMemo: (memo) => sign(rpc, (life) => signMemo(memo, keys, life)),
    send: (signed) => send(rpc, signed),
    outcome: (signed) => planOutcome(rpc, signed),
    treasuryBalance: async () => {
      const finalized = { commitment: 'finalized' };
      const tokens = await rpc(wire.tokenBalanceAnswer, 'getTokenAccountBalance', tokenAccount, finalized);
      const sol = await rpc(wire.lamportsAnswer, 'getBalance', wallet, finalized);
      return { amountMicroUsdc: usdc(BigInt(tokens.value.amount)), lamports: BigInt(sol.value) };
    },
  };
}

type Signing = (life: Life) => Pick<SignedPlan, 'bytes' | 'signature'>;

async function sign(rpc: Rpc, signing: Signing): Promise<SignedPlan> {
  const chain = await genesisHash(rpc);
  const { value } = await rpc(wire.blockhashAnswer, 'getLatestBlockhash', { commitment: 'confirmed' });
  const { lastValidBlockHeight } = value;
  return { ...signing(value), lastValidBlockHeight, genesisHash: chain };
}

/**
 * Without preflight: a transaction that fails lands with its error, which is an outcome; one refused beforehand would look
 * as if it had been lost. "Already processed" is one of the errors that mean unknown.
 */
async function send(rpc: Rpc, { bytes, genesisHash: signedFor }: SignedPlan): Promise<SendResult> {
  try {
    // A local chain starts anew with the same blockhashes: sent there, old bytes could land a second time.
    if ((await genesisHash(rpc)) !== signedFor) return 'other_chain';
    await rpc(wire.textAnswer, 'sendTransaction', bytes, { encoding: 'base64', skipPreflight: true });
    return 'sent';
  } catch {
    return 'unknown';
  }
}

/** An account at the right address that is no longer this wallet's, or not for this mint, is none. */
async function payeeProblem(rpc: Rpc, mint: PublicKey, payee: string): Promise<PayeeProblem | null> {
  const wallet = keyOf(payee);
  if (wallet === null) return 'invalid_wallet';
  const account = tokenAccountOf(mint, wallet).toBase58();
  const options = { encoding: 'jsonParsed', commitment: 'confirmed' };
  const { value } = await rpc(wire.accountAnswer, 'getAccountInfo', account, options);
  const info = value?.owner === TOKEN_PROGRAM_ID.toBase58() ? value.data?.parsed.info : undefined;
  if (info?.mint !== mint.toBase58() || info.owner !== payee) return 'no_token_account';
  return info.state === 'frozen' ? 'frozen' : null;
}

/** Null for text that is no 32-byte key, whatever it looks like. */
function keyOf(text: string): PublicKey | null {
  try {
    return new PublicKey(text);
  } catch {
    return null;
  }
}
