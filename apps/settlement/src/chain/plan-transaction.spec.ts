import { usdc } from '@tokenos/domain/money';
import { Keypair, Transaction } from '@solana/web3.js';
import { MOST_TRANSFERS } from '@tokenos/domain/settlement/plan';
import { signPlan } from './plan-transaction.js';

const keys = { treasury: Keypair.generate(), mint: Keypair.generate().publicKey, microLamportsPerUnit: 1_000 };
const life = { blockhash: Keypair.generate().publicKey.toBase58(), lastValidBlockHeight: 150 };
const planId = '01928374-1234-7abc-8def-0123456789ab';

const transfersTo = (count: number): { to: string; amountMicroUsdc: ReturnType<typeof usdc> }[] =>
  Array.from({ length: count }, () => ({ to: Keypair.generate().publicKey.toBase58(), amountMicroUsdc: usdc(1n) }));

describe('the transaction of a plan', () => {
  it('holds seventeen transfers in the 1,232 bytes of a packet, and refuses one more', () => {
    const { bytes } = signPlan({ planId, transfers: transfersTo(MOST_TRANSFERS) }, keys, life);
    expect(Buffer.from(bytes, 'base64').length).toBeLessThanOrEqual(1232);
    expect(() => signPlan({ planId, transfers: transfersTo(MOST_TRANSFERS + 1) }, keys, life)).toThrow(RangeError);
  });

  it('is the same bytes every time, so that a crash between signing and recording costs nothing', () => {
    const plan = { planId, transfers: transfersTo(3) };
    expect(signPlan(plan, keys, life)).toEqual(signPlan(plan, keys, life));
  });

  it('carries the plan id as its memo, and a limit and a price for its compute', () => {
    const { bytes } = signPlan({ planId, transfers: transfersTo(1) }, keys, life);
    const { instructions } = Transaction.from(Buffer.from(bytes, 'base64'));
    expect(instructions).toHaveLength(4);
    expect(instructions[3]?.data.toString('utf8')).toBe(planId);
  });

  it.each([
    ['no transfer', []],
    ['a transfer of nothing', [{ to: Keypair.generate().publicKey.toBase58(), amountMicroUsdc: usdc(0n) }]],
  ])('refuses a plan with %s', (_name, transfers) => {
    expect(() => signPlan({ planId, transfers }, keys, life)).toThrow(RangeError);
  });
});
