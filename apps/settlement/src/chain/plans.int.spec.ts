import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFreezeAccountInstruction, getAccount } from '@solana/spl-token';
import { Keypair, PublicKey } from '@solana/web3.js';
import { usdc } from '@tokenos/domain/money';
import { startLocalChain, type LocalChain } from '@tokenos/tools/chain/local-chain';
import { LOCAL_KEYS } from '@tokenos/tools/chain/local-keys';
import { connect } from '@tokenos/tools/wallet/connection';
import { sendAndFollow } from '@tokenos/tools/wallet/send';
import { tokenAccountOf } from './plan-transaction.js';
import { ChainUnavailable, type ChainPort, type PlanOutcome, type SignedPlan } from './port.js';
import { solanaChain } from './solana.js';
import { loadTreasuryKey } from './treasury-key.js';

const TREASURY = 1_000_000_000n;

let dataDir: string;
let local: LocalChain;
let chain: ChainPort;
/** Signed when the tests begin and never sent in time: by the end of the file its blockhash is dead. */
let forgotten: SignedPlan;
/** A slot of about then. */
let early = 0;

const person = (): string => Keypair.generate().publicKey.toBase58();
const [operator, buyer, icy] = [person(), person(), person()];

/** Loses the answer to every send: the node got the bytes, we never hear of it. */
const losingAnswers: typeof fetch = async (url, init) => {
  const answer = await fetch(url, init);
  if (typeof init?.body === 'string' && init.body.includes('"sendTransaction"')) throw new Error('connection reset');
  return answer;
};

const open = async (request: typeof fetch = fetch): Promise<ChainPort> =>
  solanaChain({
    rpcUrl: local.rpcUrl,
    mint: local.mint,
    treasuryKey: await loadTreasuryKey(local.treasury.keyFile),
    fetch: request,
  });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plans-'));
  local = await startLocalChain({ dataDir });
  chain = await open();
  forgotten = await chain.sign(plan('forgotten', [buyer, 5n]));
  await local.fund({ wallet: new PublicKey(local.treasury.wallet), tokens: TREASURY });
  for (const wallet of [operator, buyer, icy]) await local.fund({ wallet: new PublicKey(wallet), tokens: 0n });
  while (early === 0) early = (await chain.finalizedHead()).slot;
}, 30_000);

afterAll(async () => {
  await local.stop();
  await rm(dataDir, { recursive: true });
});

const plan = (planId: string, ...transfers: [string, bigint][]) => ({
  planId,
  transfers: transfers.map(([to, amount]) => ({ to, amountMicroUsdc: usdc(amount) })),
});

const balanceOf = async (wallet: string): Promise<bigint> =>
  (await getAccount(connect(local.rpcUrl), tokenAccountOf(new PublicKey(local.mint), new PublicKey(wallet)))).amount;

/** Asks until the outcome is one of these. */
async function becomes(signed: SignedPlan, ...kinds: PlanOutcome['kind'][]): Promise<PlanOutcome> {
  for (;;) {
    const outcome = await chain.outcome(signed);
    expect(['pending', 'confirmed', ...kinds]).toContain(outcome.kind);
    if (kinds.includes(outcome.kind)) return outcome;
    await sleep(25);
  }
}

const landed = (signed: SignedPlan): Promise<PlanOutcome> => becomes(signed, 'confirmed', 'finalized');

describe('a plan on the chain', () => {
  it('pays everyone in one transaction, to the last micro-USDC, and becomes final', async () => {
    const signed = await chain.sign(plan('first', [operator, 5_548_117n], [buyer, 292_006n]));
    await expect(chain.outcome(signed)).resolves.toEqual({ kind: 'pending' });
    await expect(chain.send(signed)).resolves.toBe('sent');
    const confirmed = await landed(signed);
    expect(await balanceOf(operator)).toBe(5_548_117n);
    expect(await balanceOf(buyer)).toBe(292_006n);
    const finalized = await becomes(signed, 'finalized');
    expect(finalized).toEqual({ ...confirmed, kind: 'finalized' });
    await expect(chain.trace({ ...signed, slot: 1 })).resolves.toEqual({ kind: 'finalized' });
    const balance = await chain.treasuryBalance();
    expect(balance.amountMicroUsdc).toBe(TREASURY - 5_840_123n);
    expect(balance.lamports).toBeGreaterThan(9_000_000_000n);
  });

  it('is no payment to us, although it touches our account', async () => {
    const signed = await chain.sign(plan('outgoing', [buyer, 1n]));
    await chain.send(signed);
    await landed(signed);
    await expect(chain.transaction(signed.signature)).resolves.toEqual({ kind: 'not_ours', why: 'signed_by_treasury' });
    const { transfers } = await chain.incoming(null);
    expect(transfers.map(({ signature }) => signature)).not.toContain(signed.signature);
  });

  it('lands once, however often the same bytes are sent', async () => {
    const before = await balanceOf(operator);
    const signed = await chain.sign(plan('again', [operator, 11n]));
    await chain.send(signed);
    await chain.send(signed);
    await landed(signed);
    await chain.send(signed);
    await becomes(signed, 'finalized');
    await expect(chain.send(signed)).resolves.toBe('unknown');
    expect(await balanceOf(operator)).toBe(before + 11n);
  });

  it('has landed although its send seemed to fail', async () => {
    const before = await balanceOf(operator);
    const deaf = await open(losingAnswers);
    const signed = await deaf.sign(plan('deaf', [operator, 13n]));
    await expect(deaf.send(signed)).resolves.toBe('unknown');
    await landed(signed);
    expect(await balanceOf(operator)).toBe(before + 13n);
  });

  it('takes seventeen transfers at once', async () => {
    const before = await balanceOf(buyer);
    const signed = await chain.sign(
      plan('0193c4d5-0000-7000-8000-000000000017', ...Array<[string, bigint]>(17).fill([buyer, 1n])),
    );
    await chain.send(signed);
    await landed(signed);
    expect(await balanceOf(buyer)).toBe(before + 17n);
  });

  it('fails as a whole when one payee cannot be paid, and says so once that is final', async () => {
    const before = await balanceOf(buyer);
    const signed = await chain.sign(plan('atomic', [buyer, 7n], [person(), 7n]));
    await expect(chain.send(signed)).resolves.toBe('sent');
    await expect(becomes(signed, 'failed')).resolves.toMatchObject({
      error: expect.stringContaining('InstructionError'),
    });
    expect(await balanceOf(buyer)).toBe(before);
  });
});

describe('a payee', () => {
  it('can be paid only with a token account that is its own and not frozen', async () => {
    const mint = new PublicKey(local.mint);
    const { faucet } = LOCAL_KEYS;
    const account = tokenAccountOf(mint, new PublicKey(icy));
    const freeze = createFreezeAccountInstruction(account, mint, faucet.publicKey);
    await sendAndFollow(connect(local.rpcUrl), [freeze], [faucet]);
    await expect(chain.payeeProblem(buyer)).resolves.toBeNull();
    await expect(chain.payeeProblem(person())).resolves.toBe('no_token_account');
    await expect(chain.payeeProblem(icy)).resolves.toBe('frozen');
    // Base58 of the right length, and a key all the same not.
    await expect(chain.payeeProblem('z'.repeat(44))).resolves.toBe('invalid_wallet');
  });
});

describe('bytes that were never sent', () => {
  it('expire once the finalized height has passed, and can then never land', async () => {
    const outcome = await becomes(forgotten, 'expired');
    expect(outcome.kind === 'expired' && outcome.finalizedBlockHeight).toBeGreaterThan(forgotten.lastValidBlockHeight);
    const before = await balanceOf(buyer);
    await chain.send(forgotten);
    await sleep(300);
    expect(await balanceOf(buyer)).toBe(before);
    await expect(chain.outcome(forgotten)).resolves.toMatchObject({ kind: 'expired' });
  }, 20_000);

  it('are gone for good, had they been a payment that was seen once', async () => {
    const seenAt = async (slot: number) => (await chain.trace({ ...forgotten, slot })).kind;
    while ((await seenAt(early)) === 'on_its_way') await sleep(100);
    expect(await seenAt(early)).toBe('gone');
    // Seen just now, they could still land.
    expect(await seenAt((await chain.finalizedHead()).slot)).toBe('on_its_way');
    expect(await seenAt(0)).toBe('history_gone');
    const elsewhere = { ...forgotten, slot: 0, genesisHash: person() };
    await expect(chain.trace(elsewhere)).resolves.toEqual({ kind: 'other_chain', genesisHash: forgotten.genesisHash });
  }, 20_000);
});

describe('a chain that is down, or started again', () => {
  it('is unavailable while it is down, keeps its balances, and is known to be another one', async () => {
    const signed = await chain.sign(plan('restart', [operator, 1n]));
    const { cursor } = await chain.incoming(null);
    const [before, inTreasury] = [await balanceOf(operator), await chain.treasuryBalance()];
    await local.stop();
    await expect(chain.outcome(signed)).rejects.toThrow(ChainUnavailable);
    await expect(chain.send(signed)).resolves.toBe('unknown');

    local = await startLocalChain({ dataDir });
    chain = await open();
    expect(local.restoredAccounts).toBeGreaterThan(4);
    expect(await balanceOf(operator)).toBe(before);
    expect((await chain.treasuryBalance()).amountMicroUsdc).toBe(inTreasury.amountMicroUsdc);
    await expect(chain.payeeProblem(icy)).resolves.toBe('frozen');
    await expect(chain.send(signed)).resolves.toBe('other_chain');
    await expect(chain.outcome(signed)).resolves.toEqual({ kind: 'other_chain', genesisHash: local.genesisHash });
    const scan = await chain.incoming(cursor);
    expect(scan).toMatchObject({ transfers: [], cursor: { genesisHash: local.genesisHash } });
  }, 20_000);
});
