/** The auditor and a real Solana chain: a true history agrees with it, and what does not is named. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApproveInstruction, createTransferCheckedInstruction } from '@solana/spl-token';
import { Keypair, PublicKey, type TransactionInstruction } from '@solana/web3.js';
import type { Finding } from '@tokenos/audit/finding';
import type { Json } from '@tokenos/contracts/envelope/envelope';
import { put, sealed, type Entry } from '@tokenos/testing/wire/entries';
import { PAID, paidAndSettled, PAYOUT, PLAN, REFUND, RENTAL } from '@tokenos/testing/wire/paid-and-settled';
import { exportText } from '@tokenos/testing/wire/export-file';
import { startLocalChain, type LocalChain } from '../../chain/local-chain.js';
import { USDC_DECIMALS } from '../../chain/local-keys.js';
import { connect } from '../../wallet/connection.js';
import { readOrCreateKeyFile } from '../../wallet/key-file.js';
import { memo } from '../../wallet/pay.js';
import { sendAndFollow } from '../../wallet/send.js';
import { anchor } from '../anchor.js';
import { BadInput, Unreachable } from '../exit.js';
import type { Patience } from '../patience.js';
import { openLedger, tokenAccountOf } from './ledger.js';
import { compareWithChain } from './run.js';

/** A signature that nobody ever made. */
const NEVER = '5'.repeat(88);
/** What else is found where the books hold more than the treasury does. */
const SHORT = /^I12: the treasury holds less/;

const folder = mkdtempSync(join(tmpdir(), 'audit-chain-'));

let local: LocalChain;
let treasury: Keypair;
const buyer = Keypair.generate();
const operator = Keypair.generate().publicKey.toBase58();
let history: Entry[];

beforeAll(async () => {
  local = await startLocalChain({ dataDir: folder });
  treasury = await readOrCreateKeyFile(local.treasury.keyFile);
  await local.fund({ wallet: buyer.publicKey, tokens: 100_000_000n });
  await local.fund({ wallet: new PublicKey(operator), tokens: 0n });
  const payment = await send(buyer, [[local.treasury.wallet, PAID]]);
  const payout = await send(
    treasury,
    [
      [operator, PAYOUT],
      [buyer.publicKey.toBase58(), REFUND],
    ],
    { text: PLAN },
  );
  history = await historyOf(payment, payout);
}, 60_000);

afterAll(async () => {
  await local?.stop();
  rmSync(folder, { recursive: true });
});

const account = (wallet: string): PublicKey => new PublicKey(tokenAccountOf(wallet, local.mint));

/** Transfers in one transaction, by hand; final once it answers. */
async function send(
  from: Keypair,
  transfers: readonly (readonly [to: string, amount: bigint])[],
  { text, more = [] }: { text?: string; more?: readonly TransactionInstruction[] } = {},
): Promise<string> {
  const mint = new PublicKey(local.mint);
  const instructions = transfers.map(([to, amount]) =>
    createTransferCheckedInstruction(
      account(from.publicKey.toBase58()),
      mint,
      account(to),
      from.publicKey,
      amount,
      USDC_DECIMALS,
    ),
  );
  const { signature } = await sendAndFollow(
    connect(local.rpcUrl),
    [...instructions, ...more, ...(text === undefined ? [] : [memo(text)])],
    [from],
  );
  return final(signature);
}

async function final(signature: string): Promise<string> {
  while ((await openLedger(local.rpcUrl).transaction(signature)) === null) await sleep(50);
  return signature;
}

/** The facts of a rental that was paid and settled by these two transactions. */
async function historyOf(payment: string, payout: string): Promise<Entry[]> {
  const ledger = openLedger(local.rpcUrl);
  const landed = async (signature: string) => {
    const { slot } = (await ledger.transaction(signature))!;
    // As settlement reads it.
    return { signature, slot, blockTime: new Date((await ledger.blockTime(slot))! * 1000).toISOString() };
  };
  const { mint, genesisHash } = local;
  const wallets = { treasury: local.treasury.wallet, buyer: buyer.publicKey.toBase58(), operator };
  return paidAndSettled({
    ...wallets,
    mint,
    genesisHash,
    payment: await landed(payment),
    payout: await landed(payout),
  });
}

function written(entries: readonly Entry[]): string {
  const file = join(folder, 'export.ndjson');
  writeFileSync(file, exportText(sealed(entries)));
  return file;
}

async function chain(entries: readonly Entry[], options: { until?: number; rpc?: string; patience?: Patience } = {}) {
  const answer = await compareWithChain(written(entries), {
    evidence: false,
    clockScale: 1,
    until: Infinity,
    rpc: local.rpcUrl,
    ...options,
  });
  const { findings, later } = answer.json as { findings: readonly Finding[]; later: readonly string[] };
  return { ...answer, later, found: findings.map(({ code, message }) => `${code}: ${message}`) };
}

const paymentStream = (): string => history[1]!.stream;
const paymentSignature = (): string => paymentStream().slice('payment-'.length);
const payoutSignature = (): string => history[5]!.data['signature'] as string;
const paidOutBy = (signature: string, entries: readonly Entry[]): Entry[] =>
  ['Signed', 'Confirmed', 'Finalized'].reduce(
    (told, step) => put(RENTAL, `Settlement${step}.v1`, 'signature', signature)(told),
    [...entries],
  );
const stranger = Keypair.generate().publicKey.toBase58();

describe('audit chain', () => {
  it('finds nothing wrong with what is true', async () => {
    const { exitCode, text, json, found } = await chain(history);
    expect(found).toEqual([]);
    expect(json).toMatchObject({
      verdict: 'clean',
      payments: 1,
      payouts: 1,
      balanceMicroUsdc: 9_733n,
      heldMicroUsdc: 0n,
    });
    expect(text).toContain('  balance  0.009733 USDC\n');
    expect(text).toMatch(/Clean: facts and chain agree\.\n$/);
    expect(exitCode).toBe(0);
  });

  const seen = (path: string, value: Json) => put(paymentStream(), 'PaymentSeen.v1', path, value)(history);
  const said = (type: string, path: string, value: Json) => put(RENTAL, `${type}.v1`, path, value)(history);
  const first = () => (history[4]!.data['transfers'] as readonly Json[]).slice(0, 1);
  const expired = () => ({ planId: PLAN, signature: payoutSignature(), finalizedBlockHeight: 2_000 });
  const became = (from: string, type: string, data: Entry['data']) =>
    history.map((entry) => (entry.type === from ? { ...entry, type, data } : entry));

  const lies: readonly (readonly [string, () => Entry[], readonly RegExp[]])[] = [
    ['an amount paid in', () => seen('amount', '6001235'), [/^chain: what .* brought the treasury$/]],
    ['a credit', () => said('PaymentReceived', 'amountMicroUsdc', '6001233'), [/brought the treasury$/]],
    ['a payer', () => said('PaymentReceived', 'payer', stranger), [/^chain: who gave it in/]],
    ['when it was paid', () => said('PaymentReceived', 'blockTime', '2026-11-26T10:00:00.000Z'), [/block time of/]],
    ['a block', () => said('SettlementFinalized', 'slot', 3), [/^chain: block of/]],
    [
      'an amount paid out',
      () => said('SettlementPlanned', 'transfers.0.amountMicroUsdc', '184934'),
      [/lacks what plan .* says: 184934 of/, /does what plan .* does not say: 184933 of/],
    ],
    [
      'a payee',
      () => said('SettlementPlanned', 'transfers.1.to', stranger),
      [/lacks what plan .* says: 5806568 of/, /does what plan .* does not say: 5806568/],
    ],
    [
      'a transfer left out of a plan',
      () => said('SettlementPlanned', 'transfers', first()),
      [/does what plan .* does not say: 5806568/, SHORT],
    ],
    [
      'an outcome',
      () => became('SettlementConfirmed.v1', 'SettlementExpired.v1', expired()).slice(0, -1),
      [/has expired in the facts, and moved money on the chain/, SHORT],
    ],
    [
      'a payment that vanished',
      () => [...history, { ...history[3]!, type: 'PaymentVanished.v1' }],
      [/said to have vanished, and is final on the chain/],
    ],
    ['a payment that was never made', () => seen('signature', NEVER), [/555 is not on the chain/, SHORT]],
    [
      'a payout that was never made',
      () => paidOutBy(NEVER, history),
      [/is final in the facts, and not on the chain/, /took 5991501 micro-USDC .* and no plan names it/],
    ],
  ];

  it.each(lies.map(([what, tell, says]) => ({ what, tell, says })))(
    'finds a lie about $what',
    async ({ tell, says }) => {
      const { exitCode, found } = await chain(tell());
      for (const words of says) expect(found).toContainEqual(expect.stringMatching(words));
      expect(found.length).toBe(says.length);
      expect(exitCode).toBe(1);
    },
  );

  it('finds a payment that is missing in the facts, and names the stream that should be there', async () => {
    const { json } = await chain(history.filter(({ type }) => !type.startsWith('Payment')));
    expect((json as { findings: readonly Finding[] }).findings).toEqual([
      {
        code: 'chain',
        stream: paymentStream(),
        revision: null,
        message: `${paymentSignature()} brought the treasury 6001234 micro-USDC, and no fact knows of it`,
      },
    ]);
  });

  it("finds a treasury that holds less than is others'", async () => {
    const { found } = await chain(history.slice(0, 4));
    expect(found).toEqual([
      expect.stringMatching(/took 5991501 micro-USDC from the treasury, and no plan names it/),
      expect.stringMatching(/^I12: the treasury holds less/),
    ]);
  });

  it('counts what is on its way as not paid yet', async () => {
    const { found, json } = await chain(history.slice(0, 6), { until: 0 });
    expect(found).toEqual([]);
    expect(json).toMatchObject({ heldMicroUsdc: PAID, balanceMicroUsdc: PAID });
    expect((await chain(history.slice(0, 6))).found).toEqual([expect.stringMatching(/landed, and no fact says so/)]);
  });

  it('does not compare with another chain, nor without one', async () => {
    const elsewhere = put(paymentStream(), 'PaymentSeen.v1', 'genesisHash', stranger)(history);
    expect((await chain(elsewhere)).found).toEqual(['chain: the chain it stands on']);
    const all = [
      [paymentStream(), 'PaymentSeen.v1'],
      [RENTAL, 'PaymentReceived.v1'],
      [RENTAL, 'SettlementSigned.v1'],
    ] as const;
    const other = all.reduce(
      (entries, [stream, type]) => put(stream, type, 'genesisHash', stranger)(entries),
      [...history],
    );
    await expect(chain(other)).rejects.toThrow(BadInput);
    const {
      rpcUrl: rpc,
      treasury: { wallet },
    } = local;
    const anchors = (entries: readonly Entry[]) => anchor(written(entries), { rpc, treasury: wallet });
    await expect(anchors(other)).rejects.toThrow(/the facts stand on chain .*, and this RPC node is of/);
    await expect(anchors(history)).rejects.toThrow(/has no anchor in it/);
    await expect(chain(history.slice(1))).rejects.toThrow(/nothing says which treasury/);
  });

  it('says that a node could not be reached, and not where it is', async () => {
    const asked = chain(history, { rpc: 'http://127.0.0.1:9/?api-key=secret', patience: { tries: 2, firstWaitMs: 1 } });
    await expect(asked).rejects.toThrow(Unreachable);
    await expect(asked).rejects.not.toThrow(/secret/);
  });

  it('finds a theft, unless the facts are older than it', async () => {
    const theft = await send(treasury, [[buyer.publicKey.toBase58(), 33n]]);
    const { found } = await chain(history);
    expect(found).toEqual([`chain: ${theft} took 33 micro-USDC from the treasury, and no plan names it`]);
    const { later, found: none, json } = await chain(history, { until: 0 });
    expect(none).toEqual([]);
    expect(later).toEqual([theft]);
    expect(json).toMatchObject({ balanceMicroUsdc: 9_733n });
  });

  it('finds a payout that does more than it says', async () => {
    const owner = treasury.publicKey;
    const approve = createApproveInstruction(account(owner.toBase58()), new PublicKey(stranger), owner, 1_000_000n);
    const more = await send(treasury, [[operator, 1n]], { text: PLAN, more: [approve] });
    const [transfer] = first() as [Entry['data']];
    const told = paidOutBy(more, said('SettlementPlanned', 'transfers', [{ ...transfer, amountMicroUsdc: '1' }]));
    const { found } = await chain(told, { until: 0 });
    expect(found).toContainEqual(expect.stringMatching(/does what plan .* does not say: approve of spl-token/));
  });
});
