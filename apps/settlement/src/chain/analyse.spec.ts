import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOKEN_2022_PROGRAM_ID } from '@solana/spl-token';
import { Keypair } from '@solana/web3.js';
import { analyse, type Treasury } from './analyse.js';
import { transactionAnswer, type TransactionAnswer } from './wire.js';

interface Recorded {
  readonly treasury: Treasury;
  readonly people: { readonly buyer: string; readonly friend: string };
  readonly answer: TransactionAnswer;
}

/** What a real chain answered, recorded by incoming.int.spec.ts; a fresh copy each time, so that a test may alter it. */
function recorded(name: string): Recorded {
  const fixture = JSON.parse(readFileSync(join(__dirname, 'fixtures', `${name}.json`), 'utf8')) as Recorded;
  return { ...fixture, answer: transactionAnswer.parse(fixture.answer) };
}

const FOUND = { blockTime: 1_795_000_000_000, genesisHash: 'genesis' };
const stranger = Keypair.generate().publicKey.toBase58();

const analysed = ({ answer, treasury }: Recorded) => analyse(answer, treasury, FOUND);
type Balances = NonNullable<TransactionAnswer['meta']['postTokenBalances']>;

/** The balance entries of the treasury's account, before and after. */
function ours({ answer, treasury }: Recorded): { before: Balances; after: Balances } {
  const { preTokenBalances, postTokenBalances } = answer.meta;
  const own = ({ owner }: Balances[number]): boolean => owner === treasury.wallet;
  return { before: (preTokenBalances ?? []).filter(own), after: (postTokenBalances ?? []).filter(own) };
}

describe('a recorded payment', () => {
  it.each([
    ['paid-in-full', 5_840_123n],
    ['paid-short', 1_000_000n],
    ['paid-by-memo', 2_000_000n],
    ['two-transfers', 1_750_000n],
  ])('%s is one amount of USDC from the buyer', (name, amount) => {
    const payment = recorded(name);
    expect(analysed(payment)).toMatchObject({
      kind: 'incoming',
      ...FOUND,
      signature: payment.answer.transaction.signatures[0],
      slot: payment.answer.slot,
      mint: payment.treasury.mint,
      amount,
      payers: [{ wallet: payment.people.buyer, amount }],
      destination: payment.treasury.tokenAccount,
      refusal: null,
    });
  });

  it('names its reference and nothing else, or its memo and nothing else', () => {
    const byReference = analysed(recorded('paid-in-full'));
    expect(byReference).toMatchObject({ references: [expect.any(String)], memo: null });
    expect(analysed(recorded('paid-by-memo'))).toMatchObject({ references: [], memo: 'rental 42' });
    expect(analysed(recorded('two-transfers'))).toMatchObject({ references: [expect.any(String), expect.any(String)] });
  });

  it('of two wallets says what each gave', () => {
    const payment = recorded('two-payers');
    const result = analysed(payment);
    expect(result.kind === 'incoming' && new Set(result.payers)).toEqual(
      new Set([
        { wallet: payment.people.buyer, amount: 1_000_000n },
        { wallet: payment.people.friend, amount: 2_000_000n },
      ]),
    );
  });

  it.each([
    ['paid-in-another-token', 'wrong_mint'],
    ['paid-into-another-account', 'wrong_account'],
  ])('%s is refused as %s', (name, refusal) => {
    expect(analysed(recorded(name))).toMatchObject({ kind: 'incoming', refusal });
  });

  it('of nothing is nothing', () => {
    expect(analysed(recorded('paid-nothing'))).toEqual({ kind: 'not_ours', why: 'nothing_received' });
  });
});

describe('a transaction that pretends', () => {
  it('to have paid, but failed, is nothing', () => {
    const payment = recorded('paid-in-full');
    payment.answer.meta.err = { InstructionError: [0, { Custom: 1 }] };
    expect(analysed(payment)).toEqual({ kind: 'not_ours', why: 'failed' });
  });

  it('to pay, but is one of our own plans, is nothing', () => {
    const payment = recorded('paid-in-full');
    payment.answer.transaction.message.accountKeys.push({
      pubkey: payment.treasury.wallet,
      signer: true,
      writable: true,
    });
    expect(analysed(payment)).toEqual({ kind: 'not_ours', why: 'signed_by_treasury' });
  });

  it('by its instructions is judged by balances alone', () => {
    const payment = recorded('paid-in-full');
    const { before, after } = ours(payment);
    after[0]!.uiTokenAmount.amount = before[0]!.uiTokenAmount.amount;
    expect(analysed(payment)).toEqual({ kind: 'not_ours', why: 'nothing_received' });
  });

  it('inside another program counts the same, without any transfer among its instructions', () => {
    const payment = recorded('paid-in-full');
    payment.answer.transaction.message.instructions = [{ programId: stranger, parsed: undefined }];
    expect(analysed(payment)).toMatchObject({ amount: 5_840_123n, refusal: null });
  });

  it('to be USDC under Token-2022 is refused', () => {
    const payment = recorded('paid-in-full');
    for (const side of Object.values(ours(payment)))
      side.forEach((one) => (one.programId = TOKEN_2022_PROGRAM_ID.toBase58()));
    expect(analysed(payment)).toMatchObject({ refusal: 'wrong_program' });
  });

  it('to be of the right token, by a mint of its own, is refused', () => {
    const payment = recorded('paid-in-full');
    for (const side of Object.values(ours(payment))) side.forEach((one) => (one.mint = stranger));
    expect(analysed(payment)).toMatchObject({ mint: stranger, refusal: 'wrong_mint' });
  });
});

describe('the edges of an analysis', () => {
  it('count an account that was opened in the same transaction from zero', () => {
    const payment = recorded('paid-in-full');
    const { preTokenBalances } = payment.answer.meta;
    payment.answer.meta.preTokenBalances = preTokenBalances!.filter(({ owner }) => owner !== payment.treasury.wallet);
    const { after } = ours(payment);
    expect(analysed(payment)).toMatchObject({ amount: BigInt(after[0]!.uiTokenAmount.amount) });
  });

  it('know no payer where the owner of the debited account is not told', () => {
    const payment = recorded('paid-in-full');
    for (const balance of [...payment.answer.meta.preTokenBalances!, ...payment.answer.meta.postTokenBalances!]) {
      if (balance.owner === payment.people.buyer) delete balance.owner;
    }
    expect(analysed(payment)).toMatchObject({ amount: 5_840_123n, payers: [] });
  });

  it('take one payer for all of it, whatever else it paid in the same breath', () => {
    const payment = recorded('paid-in-full');
    const debited = payment.answer.meta.postTokenBalances!.find(({ owner }) => owner === payment.people.buyer);
    debited!.uiTokenAmount.amount = '0';
    expect(analysed(payment)).toMatchObject({ payers: [{ wallet: payment.people.buyer, amount: 5_840_123n }] });
  });

  it('know no payers where what two wallets lost is not what came in', () => {
    const payment = recorded('two-payers');
    const debited = payment.answer.meta.postTokenBalances!.find(({ owner }) => owner === payment.people.friend);
    debited!.uiTokenAmount.amount = '0';
    expect(analysed(payment)).toMatchObject({ amount: 3_000_000n, payers: [] });
  });

  it('take no memo where there are two', () => {
    const payment = recorded('paid-by-memo');
    const { instructions } = payment.answer.transaction.message;
    instructions.push(instructions.find(({ program }) => program === 'spl-memo')!);
    expect(analysed(payment)).toMatchObject({ memo: null });
  });

  it('prefer USDC where a transaction brings two tokens', () => {
    const payment = recorded('paid-in-full');
    const { accountKeys } = payment.answer.transaction.message;
    accountKeys.push({ pubkey: stranger, signer: false, writable: true });
    payment.answer.meta.postTokenBalances!.unshift({
      accountIndex: accountKeys.length - 1,
      mint: stranger,
      owner: payment.treasury.wallet,
      uiTokenAmount: { amount: '9' },
    });
    expect(analysed(payment)).toMatchObject({ mint: payment.treasury.mint, amount: 5_840_123n, refusal: null });
  });
});
