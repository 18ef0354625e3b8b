import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, Keypair, SystemProgram, Transaction } from '@solana/web3.js';
import { connect } from '../wallet/connection.js';
import { sendAndFollow } from '../wallet/send.js';
import { startLocalChain, type LocalChain } from './local-chain.js';
import { LOCAL_KEYS } from './local-keys.js';

let dataDir: string;
let local: LocalChain;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'local-chain-'));
  local = await startLocalChain({ dataDir });
}, 30_000);
afterAll(async () => {
  await local.stop();
  await local.stop();
  await rm(dataDir, { recursive: true });
});

describe('the local chain', () => {
  it('survives three hundred sends at once, which hang the validator behind it', async () => {
    // A payer's connection gives up after five seconds: on a busy machine the last of so many wait longer than that for their turn.
    const connection = new Connection(local.rpcUrl, { commitment: 'confirmed', disableRetryOnRateLimit: true });
    const { faucet } = LOCAL_KEYS;
    const to = Keypair.generate().publicKey;
    const life = await connection.getLatestBlockhash();
    const sends = Array.from({ length: 300 }, (_, index) => {
      const transaction = new Transaction({ feePayer: faucet.publicKey, ...life });
      transaction.add(
        SystemProgram.transfer({ fromPubkey: faucet.publicKey, toPubkey: to, lamports: 1_000_000 + index }),
      );
      transaction.sign(faucet);
      return connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
    });
    const outcomes = await Promise.allSettled(sends);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(300);
    expect(await connection.getBalance(to)).toBe(300 * 1_000_000 + (299 * 300) / 2);
  }, 90_000);

  it('fills a wallet up to a level, and gives nothing to one that has enough', async () => {
    const wallet = Keypair.generate().publicKey;
    const connection = connect(local.rpcUrl);
    const held = async (): Promise<string | undefined> => {
      const { value } = await connection.getTokenAccountsByOwner(wallet, { mint: LOCAL_KEYS.usdcMint.publicKey });
      const [account] = value;
      return account && (await connection.getTokenAccountBalance(account.pubkey)).value.amount;
    };
    await local.fund({ wallet, tokens: 5n });
    await local.fund({ wallet, tokens: 5n });
    expect(await held()).toBe('5');
    await local.fund({ wallet, tokens: 8n, lamports: 7n });
    expect(await held()).toBe('8');
    expect(await connection.getBalance(wallet)).toBe(1_000_000_000);
  });

  it('tells a payer at once that its transaction failed', async () => {
    const poor = Keypair.generate();
    const give = SystemProgram.transfer({ fromPubkey: poor.publicKey, toPubkey: poor.publicKey, lamports: 1 });
    await expect(sendAndFollow(connect(local.rpcUrl), [give], [poor])).rejects.toThrow();
  });

  it('keeps the time of the wall, to half a second and the second that block times are rounded to', async () => {
    const connection = connect(local.rpcUrl);
    const blockTime = await connection.getBlockTime(await connection.getSlot('confirmed'));
    expect(Math.abs((blockTime ?? 0) * 1000 - Date.now())).toBeLessThan(1_800);
  });

  it('does not start on balances that it cannot read, rather than forget them', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'broken-chain-'));
    await writeFile(join(broken, 'chain-balances.json'), '{"accounts":[{}]}');
    await expect(startLocalChain({ dataDir: broken })).rejects.toThrow();
    await rm(broken, { recursive: true });
  });
});
