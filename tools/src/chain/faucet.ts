/** Local money from nothing: the tokens' mints, and SOL and tokens for any wallet, all by ordinary transactions. */

import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  getAssociatedTokenAddressSync,
  getMinimumBalanceForRentExemptMint,
  MINT_SIZE,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token';
import { SystemProgram, type Connection, type Keypair, type PublicKey } from '@solana/web3.js';
import { sendAndFollow } from '../wallet/send.js';
import { LOCAL_KEYS, USDC_DECIMALS } from './local-keys.js';

const { faucet } = LOCAL_KEYS;

/** Creates a mint with six decimals at its fixed address, once. */
export async function ensureMint(connection: Connection, mint: Keypair): Promise<void> {
  if ((await connection.getAccountInfo(mint.publicKey)) !== null) return;
  const create = SystemProgram.createAccount({
    fromPubkey: faucet.publicKey,
    newAccountPubkey: mint.publicKey,
    space: MINT_SIZE,
    lamports: await getMinimumBalanceForRentExemptMint(connection),
    programId: TOKEN_PROGRAM_ID,
  });
  const initialize = createInitializeMint2Instruction(
    mint.publicKey,
    USDC_DECIMALS,
    faucet.publicKey,
    faucet.publicKey,
  );
  await sendAndFollow(connection, [create, initialize], [faucet, mint]);
}

export interface Level {
  readonly wallet: PublicKey;
  /** Enough for fees and token accounts, if unsaid: 1 SOL. */
  readonly lamports?: bigint;
  /** Base units. 0 creates the token account and nothing more. */
  readonly tokens: bigint;
  readonly mint?: PublicKey;
}

const ONE_SOL = 1_000_000_000n;

/** Fills a wallet up to these levels; what it holds above them stays, so that a restart gives nothing twice. */
export async function fillUp(connection: Connection, level: Level): Promise<void> {
  const { wallet, lamports = ONE_SOL, tokens, mint = LOCAL_KEYS.usdcMint.publicKey } = level;
  const account = getAssociatedTokenAddressSync(mint, wallet, true);
  const held = await connection.getTokenAccountBalance(account).catch(() => null);
  const missing = tokens - BigInt(held?.value.amount ?? 0);
  const missingLamports = lamports - BigInt(await connection.getBalance(wallet));
  const instructions = [
    createAssociatedTokenAccountIdempotentInstruction(faucet.publicKey, account, wallet, mint),
    ...(missing > 0n ? [createMintToInstruction(mint, account, faucet.publicKey, missing)] : []),
    ...(missingLamports > 0n
      ? [SystemProgram.transfer({ fromPubkey: faucet.publicKey, toPubkey: wallet, lamports: missingLamports })]
      : []),
  ];
  await sendAndFollow(connection, instructions, [faucet]);
}
