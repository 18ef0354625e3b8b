import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeAccount3Instruction,
  createTransferCheckedInstruction,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token';
import { Keypair, PublicKey, SystemProgram, type TransactionInstruction } from '@solana/web3.js';
import { signaturesFromWebhook } from '@tokenos/contracts/chain/helius';
import { startLocalChain, type LocalChain } from '@tokenos/tools/chain/local-chain';
import { LOCAL_KEYS } from '@tokenos/tools/chain/local-keys';
import { connect } from '@tokenos/tools/wallet/connection';
import { pay, payment } from '@tokenos/tools/wallet/pay';
import { sendAndFollow } from '@tokenos/tools/wallet/send';
import { tokenAccountOf } from './plan-transaction.js';
import type { ChainPort, IncomingTransfer, ScanCursor } from './port.js';
import { rpcClient } from './rpc.js';
import { solanaChain } from './solana.js';
import { loadTreasuryKey } from './treasury-key.js';
import { transactionAnswer } from './wire.js';

const HUNDRED = 100_000_000n;
const key = (): string => Keypair.generate().publicKey.toBase58();

/** A server that answers like a gateway that is up, or down. */
const hook = { status: 200, calls: [] as { authorization: string | undefined; signatures: string[] }[] };
const server = createServer((request, response) => {
  void text(request).then((body) => {
    const signatures = signaturesFromWebhook(JSON.parse(body));
    hook.calls.push({ authorization: request.headers.authorization, signatures });
    response.writeHead(hook.status).end();
  });
});

let dataDir: string;
let local: LocalChain;
let chain: ChainPort;
const [buyer, friend] = [Keypair.generate(), Keypair.generate()];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'incoming-'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const webhook = { url, authorization: 'Bearer hint', retryAfterMs: [20, 20, 20] };
  local = await startLocalChain({ dataDir, webhook });
  const treasuryKey = await loadTreasuryKey(local.treasury.keyFile);
  chain = solanaChain({ rpcUrl: local.rpcUrl, mint: local.mint, treasuryKey });
  for (const { publicKey } of [buyer, friend]) await local.fund({ wallet: publicKey, tokens: HUNDRED });
}, 30_000);

afterAll(async () => {
  await local.stop();
  server.closeAllConnections();
  server.close();
  await rm(dataDir, { recursive: true });
});

/** What a wallet is asked to pay; a test alters what it is about. */
const request = (amount = '5.840123') => ({
  recipient: local.treasury.wallet,
  mint: local.mint,
  amount,
  references: [key()],
  memo: null as string | null,
});

const payAs = (payer: Keypair, asked: ReturnType<typeof request>) =>
  pay({ rpcUrl: local.rpcUrl, payer, request: asked });

const execute = (instructions: TransactionInstruction[], ...signers: [Keypair, ...Keypair[]]) =>
  sendAndFollow(connect(local.rpcUrl), instructions, signers);

/** Scans on from the last cursor as another process would: the cursor went through JSON. */
let cursor: ScanCursor | null = null;
let foreignCursor: ScanCursor | null = null;
async function newTransfers(): Promise<readonly IncomingTransfer[]> {
  const scan = await chain.incoming(cursor);
  cursor = throughJson(scan.cursor);
  const foreign = await chain.foreign(foreignCursor);
  foreignCursor = throughJson(foreign.cursor);
  expect(foreign.problems).toEqual([]);
  return [...scan.transfers, ...foreign.transfers];
}
const throughJson = (mark: ScanCursor): ScanCursor => JSON.parse(JSON.stringify(mark)) as ScanCursor;

/** `RECORD_FIXTURES=1` keeps what the real chain answered, for the unit tests of the analysis. */
async function record(name: string, signature: string): Promise<void> {
  if (process.env['RECORD_FIXTURES'] === undefined) return;
  const rpc = rpcClient({ url: local.rpcUrl, timeoutMs: 5_000 });
  const options = { encoding: 'jsonParsed', commitment: 'confirmed', maxSupportedTransactionVersion: 1 };
  const answer = await rpc(transactionAnswer, 'getTransaction', signature, options);
  const people = { buyer: buyer.publicKey.toBase58(), friend: friend.publicKey.toBase58() };
  const treasury = { wallet: local.treasury.wallet, tokenAccount: local.treasury.tokenAccount, mint: local.mint };
  await writeFile(join(__dirname, 'fixtures', `${name}.json`), JSON.stringify({ treasury, people, answer }, null, 2));
}

/** Pays something that must be found, alone and once, and gives what was found. */
async function found(name: string, sent: Promise<{ signature: string }>): Promise<IncomingTransfer> {
  const { signature } = await sent;
  await record(name, signature);
  const [transfer, ...others] = await newTransfers();
  expect(others).toEqual([]);
  expect(transfer?.signature).toBe(signature);
  await expect(chain.transaction(signature)).resolves.toEqual(transfer);
  return transfer!;
}

describe('a transfer to the treasury', () => {
  it('is found with its exact amount, payer, reference and time', async () => {
    const asked = request();
    const transfer = await found('paid-in-full', payAs(buyer, asked));
    expect(transfer).toMatchObject({
      kind: 'incoming',
      genesisHash: local.genesisHash,
      mint: local.mint,
      amount: 5_840_123n,
      payers: [{ wallet: buyer.publicKey.toBase58(), amount: 5_840_123n }],
      references: asked.references,
      memo: null,
      destination: local.treasury.tokenAccount,
      refusal: null,
    });
    expect(Math.abs(transfer.blockTime - Date.now())).toBeLessThan(3_000);
  });

  it('is found when it is short, has a reference of nobody, or only a memo', async () => {
    expect(await found('paid-short', payAs(buyer, request('1')))).toMatchObject({ amount: 1_000_000n, refusal: null });
    const byMemo = { ...request('2'), references: [], memo: 'rental 42' };
    expect(await found('paid-by-memo', payAs(buyer, byMemo))).toMatchObject({ references: [], memo: 'rental 42' });
  });

  it('is found in another token, and marked as refused', async () => {
    const mint = LOCAL_KEYS.otherMint.publicKey;
    await local.fund({ wallet: buyer.publicKey, tokens: HUNDRED, mint });
    const open = createAssociatedTokenAccountIdempotentInstruction(
      buyer.publicKey,
      tokenAccountOf(mint, new PublicKey(local.treasury.wallet)),
      new PublicKey(local.treasury.wallet),
      mint,
    );
    const asked = { ...request('3'), mint: local.otherMint };
    const transfer = await found(
      'paid-in-another-token',
      execute([open, ...payment(buyer.publicKey, asked, 6)], buyer),
    );
    expect(transfer).toMatchObject({
      mint: local.otherMint,
      amount: 3_000_000n,
      refusal: 'wrong_mint',
      references: expect.arrayContaining(asked.references),
    });
  });

  it('is found in an account of ours that no plan pays from, and marked as refused', async () => {
    const account = Keypair.generate();
    const mint = new PublicKey(local.mint);
    const lamports = 2_039_280;
    const open = [
      SystemProgram.createAccount({
        fromPubkey: buyer.publicKey,
        newAccountPubkey: account.publicKey,
        space: 165,
        lamports,
        programId: TOKEN_PROGRAM_ID,
      }),
      createInitializeAccount3Instruction(account.publicKey, mint, new PublicKey(local.treasury.wallet)),
      createTransferCheckedInstruction(
        tokenAccountOf(mint, buyer.publicKey),
        mint,
        account.publicKey,
        buyer.publicKey,
        7n,
        6,
      ),
    ];
    const transfer = await found('paid-into-another-account', execute(open, buyer, account));
    expect(transfer).toMatchObject({ amount: 7n, destination: account.publicKey.toBase58(), refusal: 'wrong_account' });
  });

  it('is one amount with both references when it comes as two instructions', async () => {
    const [first, second] = [request('1.5'), request('0.25')];
    const both = [...payment(buyer.publicKey, first, 6), ...payment(buyer.publicKey, second, 6)];
    const transfer = await found('two-transfers', execute(both, buyer));
    expect(transfer).toMatchObject({
      amount: 1_750_000n,
      payers: [{ wallet: buyer.publicKey.toBase58(), amount: 1_750_000n }],
    });
    expect([...transfer.references].sort()).toEqual([...first.references, ...second.references].sort());
  });

  it('has two payers when two wallets pay in one transaction', async () => {
    const both = [...payment(buyer.publicKey, request('1'), 6), ...payment(friend.publicKey, request('2'), 6)];
    const transfer = await found('two-payers', execute(both, buyer, friend));
    expect(transfer).toMatchObject({ amount: 3_000_000n });
    const gave = { wallet: buyer.publicKey.toBase58(), amount: 1_000_000n };
    expect(transfer.payers).toHaveLength(2);
    expect(transfer.payers).toEqual(
      expect.arrayContaining([gave, { wallet: friend.publicKey.toBase58(), amount: 2_000_000n }]),
    );
  });

  it('is nothing when the transaction failed, or brought nothing', async () => {
    const tooMuch = execute(payment(buyer.publicKey, request('1000000'), 6), buyer);
    await expect(tooMuch).rejects.toThrow();
    const { signature } = await payAs(buyer, request('0'));
    await record('paid-nothing', signature);
    expect(await newTransfers()).toEqual([]);
    await expect(chain.transaction(signature)).resolves.toEqual({ kind: 'not_ours', why: 'nothing_received' });
  });
});

describe('scanning', () => {
  it('finds everything once, however small its steps and wherever its process dies', async () => {
    const paid: string[] = [];
    for (const amount of ['0.1', '0.2', '0.3', '0.4', '0.5'])
      paid.push((await payAs(friend, request(amount))).signature);
    const everything = (await chain.incoming(null)).transfers.map(({ signature }) => signature);
    const inSteps: string[] = [];
    for (let position: ScanCursor | null = null; ;) {
      const scan = await chain.incoming(position, { limit: 2 });
      // A process that dies here has recorded nothing: the same scan again gives the same transfers.
      expect((await chain.incoming(position, { limit: 2 })).transfers).toEqual(scan.transfers);
      inSteps.push(...scan.transfers.map(({ signature }) => signature));
      position = JSON.parse(JSON.stringify(scan.cursor)) as ScanCursor;
      if (scan.finalizedThrough !== null) break;
    }
    expect(new Set(inSteps).size).toBe(inSteps.length);
    expect([...inSteps].sort()).toEqual([...everything].sort());
    expect((await newTransfers()).map(({ signature }) => signature)).toEqual(paid);
  });

  it('starts over on a chain of another genesis', async () => {
    const { transfers } = await chain.incoming({ ...cursor!, genesisHash: 'gone' });
    expect(transfers.length).toBeGreaterThan(5);
  });

  it('can prove that an expiry has passed although nobody pays', async () => {
    const expiry = Date.now();
    const through = async (): Promise<number> => (await chain.incoming(cursor)).finalizedThrough ?? 0;
    expect(await through()).toBeLessThan(expiry);
    const deadline = Date.now() + 6_000;
    while ((await through()) <= expiry) {
      expect(Date.now()).toBeLessThan(deadline);
      await sleep(100);
    }
  });
});

describe('webhooks', () => {
  it('hint at a payment within half a second, with the agreed header', async () => {
    hook.calls.length = 0;
    const { signature } = await payAs(buyer, request());
    await sleep(500);
    expect(hook.calls).toEqual([{ authorization: 'Bearer hint', signatures: [signature] }]);
    expect((await newTransfers()).map((transfer) => transfer.signature)).toEqual([signature]);
  });

  it('are lost after four tries, and the scan finds the payment all the same', async () => {
    hook.calls.length = 0;
    hook.status = 500;
    const { signature } = await payAs(buyer, request());
    await sleep(700);
    expect(hook.calls.map(({ signatures }) => signatures)).toEqual(Array<string[]>(4).fill([signature]));
    expect((await newTransfers()).map((transfer) => transfer.signature)).toEqual([signature]);
  });
});
