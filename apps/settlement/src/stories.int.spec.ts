/** What becomes of money: every way in and every way out, on a real chain, each story beside the others. Payments are found by the scan. */

import { Keypair, PublicKey } from '@solana/web3.js';
import { formatUsdc, usdc } from '@tokenos/domain/money';
import type { Plan } from '@tokenos/domain/settlement/plan';
import { MINUTE } from '@tokenos/domain/time';
import { ChainBook } from '@tokenos/tools/audit/chain/book';
import { compare } from '@tokenos/tools/audit/chain/compare';
import { openLedger } from '@tokenos/tools/audit/chain/ledger';
import { PRICE } from './testing/market.js';
import { withStage } from './testing/stage.js';

jest.setTimeout(40_000);

const SCALE = 60;
const stage = withStage({ clockScale: SCALE, env: { SETTLEMENT_RETURN_UNMATCHED_AFTER_MINUTES: '1' } });

/** Two served minutes of an H100 at 5.84 USDC an hour: 5 % of it, rounded down, is the platform's. */
const CHARGE = { chargedMicroUsdc: 194_666n, feeMicroUsdc: 9_733n, operatorMicroUsdc: 184_933n };
const FIFTEEN_MINUTES = 15 * MINUTE;

const address = ({ publicKey }: Keypair): string => publicKey.toBase58();

/** What the only plan there is moved on the chain, by wallet. */
async function movedBy(plans: readonly Plan[]): Promise<Readonly<Record<string, bigint>>> {
  const [plan, ...others] = plans;
  expect(others).toEqual([]);
  if (plan?.status !== 'finalized') throw new Error(`it is ${plan?.status}`);
  return stage().market.moved(plan.signed.signature);
}

const givenBack = (payer: Keypair, amount: bigint) => ({
  [stage().local.treasury.wallet]: -amount,
  [address(payer)]: amount,
});

describe('a payment', () => {
  it.concurrent(
    'in full starts a rental; payout and refund leave in one transaction, exact to the micro-USDC',
    async () => {
      const { rig, market, local } = stage();
      const [buyer, operator] = [await market.buyer(), await market.operator({ tokenAccount: true })];
      const asked = await market.request();
      const paid = await market.pay(buyer, asked);
      await market.runTwoMinutes(asked, operator);
      const { rental, totals } = await rig.becomes(asked.rentalId, 'settled');
      expect(totals).toEqual({
        ...CHARGE,
        paidMicroUsdc: asked.total,
        refundedMicroUsdc: asked.total - CHARGE.chargedMicroUsdc,
      });
      expect(rental.payments).toMatchObject([{ signature: paid, amountMicroUsdc: asked.total, payer: address(buyer) }]);
      expect(await movedBy(rental.plans)).toEqual({
        [local.treasury.wallet]: CHARGE.feeMicroUsdc - asked.total,
        [operator.wallet.toBase58()]: CHARGE.operatorMicroUsdc,
        [address(buyer)]: asked.total - CHARGE.chargedMicroUsdc,
      });
      expect(await rig.factsOf(`rental-${asked.rentalId}`)).toEqual(
        expect.arrayContaining(['SettlementPlanned', 'SettlementSigned', 'SettlementFinalized', 'RentalSettled']),
      );
    },
  );

  it.concurrent('that is short never starts a rental, and goes back whole once the request has expired', async () => {
    const { rig, market } = stage();
    const buyer = await market.buyer();
    // Two seconds of wall time are left to pay.
    const asked = await market.request({ quotedAt: rig.now - FIFTEEN_MINUTES + 2 * SCALE * 1_000 });
    const short = PRICE - 1n;
    await market.pay(buyer, asked, { amount: formatUsdc(usdc(short)) });
    const { rental, totals } = await rig.becomes(asked.rentalId, 'settled');
    expect(totals).toMatchObject({ paidMicroUsdc: short, chargedMicroUsdc: 0n, refundedMicroUsdc: short });
    expect(await movedBy(rental.plans)).toEqual(givenBack(buyer, short));
    expect(await rig.factsOf(`rental-${asked.rentalId}`)).not.toContain('RentalPlaced');
  });

  it.concurrent('after the expiry goes back whole, before and after the request is known to have expired', async () => {
    const { rig, market } = stage();
    const [early, late] = [await market.buyer(), await market.buyer()];
    const asked = await market.request({ quotedAt: rig.now - FIFTEEN_MINUTES - 3 * MINUTE });
    await market.pay(early, asked);
    const { rental } = await rig.becomes(asked.rentalId, 'settled');
    expect(await movedBy(rental.plans)).toEqual(givenBack(early, asked.total));
    await market.pay(late, asked);
    const again = await rig.eventually(
      () => rig.rental(asked.rentalId),
      (state) => state.status === 'settled' && state.rental.plans.filter((p) => p.status === 'finalized').length === 2,
    );
    if (again.status !== 'settled') throw new Error(again.status);
    expect(await movedBy(again.rental.plans.slice(1))).toEqual(givenBack(late, asked.total));
  });

  it.concurrent('too high gives its surplus back', async () => {
    const { rig, market } = stage();
    const [buyer, operator] = [await market.buyer(), await market.operator({ tokenAccount: true })];
    const asked = await market.request();
    await market.pay(buyer, asked, { amount: '7.654321' });
    await market.runTwoMinutes(asked, operator);
    const { rental } = await rig.becomes(asked.rentalId, 'settled');
    expect(await movedBy(rental.plans)).toMatchObject({ [address(buyer)]: 7_654_321n - CHARGE.chargedMicroUsdc });
  });

  it.concurrent(
    'made twice by two wallets pays once: the newer goes back whole, the older less the charge',
    async () => {
      const { rig, market } = stage();
      const [first, second] = [await market.buyer(), await market.buyer()];
      const operator = await market.operator({ tokenAccount: true });
      const asked = await market.request();
      await market.pay(first, asked);
      await rig.becomes(asked.rentalId, 'paid');
      await market.pay(second, asked);
      await rig.eventually(
        () => rig.rental(asked.rentalId),
        // One that is final later goes back later, in a plan of its own.
        (state) => state.status === 'paid' && state.rental.payments.filter((one) => one.finalized).length === 2,
      );
      await market.runTwoMinutes(asked, operator);
      const { rental } = await rig.becomes(asked.rentalId, 'settled');
      expect(await movedBy(rental.plans)).toMatchObject({
        [address(first)]: asked.total - CHARGE.chargedMicroUsdc,
        [address(second)]: asked.total,
      });
    },
  );

  it.concurrent.each([
    ['by a memo that names the rental', true],
    ['by nothing but its exact, unique amount', false],
  ])('is known %s', async (_, named) => {
    const { rig, market } = stage();
    const buyer = await market.buyer();
    const asked = await market.request();
    await market.pay(buyer, asked, { references: [], memo: named ? asked.rentalId : null });
    await rig.becomes(asked.rentalId, 'paid');
    await rig.tell(asked.rentalId, { type: 'StopRental', at: rig.now });
    const { rental } = await rig.becomes(asked.rentalId, 'settled');
    expect(await movedBy(rental.plans)).toEqual(givenBack(buyer, asked.total));
  });

  it.concurrent('for a request that the bus lost finds it all the same', async () => {
    const { rig, market } = stage();
    const buyer = await market.buyer();
    const asked = await market.request({ heard: false });
    await market.pay(buyer, asked);
    await rig.becomes(asked.rentalId, 'paid');
    await rig.tell(asked.rentalId, { type: 'StopRental', at: rig.now });
    await rig.becomes(asked.rentalId, 'settled');
  });

  it.concurrent('is credited once, however often it is hinted at and whoever else finds it', async () => {
    const { rig, market } = stage();
    const buyer = await market.buyer();
    const asked = await market.request();
    const signature = await market.pay(buyer, asked);
    for (let times = 0; times < 5; times++) rig.hint(signature, signature);
    await rig.becomes(asked.rentalId, 'paid');
    rig.hint(signature);
    await rig.tell(asked.rentalId, { type: 'StopRental', at: rig.now });
    await rig.becomes(asked.rentalId, 'settled');
    const facts = await rig.factsOf(`rental-${asked.rentalId}`);
    expect(facts.filter((type) => type === 'PaymentReceived')).toHaveLength(1);
    expect(await rig.factsOf(`payment-${signature}`)).toEqual(['PaymentSeen']);
  });

  it.concurrent('for one rental does not mix with another made at the same moment', async () => {
    const { rig, market } = stage();
    const buyers = [await market.buyer(), await market.buyer()];
    const operator = await market.operator({ tokenAccount: true });
    const asked = [await market.request(), await market.request()];
    await Promise.all(buyers.map((buyer, n) => market.pay(buyer, asked[n]!)));
    await Promise.all(asked.map((one) => market.runTwoMinutes(one, operator)));
    for (const [n, one] of asked.entries()) {
      const { rental } = await rig.becomes(one.rentalId, 'settled');
      expect(await movedBy(rental.plans)).toMatchObject({
        [operator.wallet.toBase58()]: CHARGE.operatorMicroUsdc,
        [address(buyers[n]!)]: one.total - CHARGE.chargedMicroUsdc,
      });
    }
    expect(await market.balance(operator.wallet)).toBe(2n * CHARGE.operatorMicroUsdc);
  });
});

describe('money that nobody waits for', () => {
  it.concurrent('goes back whole by itself, to who sent it', async () => {
    const { rig, market } = stage();
    const buyer = await market.buyer();
    const asked = await market.request();
    const unknown = Keypair.generate().publicKey.toBase58();
    // Not even text that Postgres cannot hold keeps it, or anybody else's money, from being seen.
    const change = { references: [unknown], memo: 'no\u0000thing', amount: '4.321' };
    const signature = await market.pay(buyer, asked, change);
    const state = await rig.eventually(
      () => rig.payment(signature),
      (seen) => seen.status === 'returned',
    );
    if (state.status !== 'returned') throw new Error(state.status);
    expect(state.seen).toMatchObject({ assignedTo: null, why: 'unknown_reference', references: [unknown] });
    expect(await movedBy(state.plans)).toEqual(givenBack(buyer, 4_321_000n));
    expect(await rig.rental(asked.rentalId)).toMatchObject({ status: 'requested' });
  });

  it.concurrent(
    'in another token is written down, starts nothing, and stays where it is until it is claimed',
    async () => {
      const { rig, market, local } = stage();
      const buyer = await market.buyer(local.otherMint);
      const asked = await market.request();
      await market.openTokenAccount(new PublicKey(local.treasury.wallet), local.otherMint);
      const signature = await market.pay(buyer, asked, { mint: local.otherMint });
      const seen = await rig.eventually(
        () => rig.payment(signature),
        ({ status }) => status !== 'absent',
      );
      expect(seen).toMatchObject({
        status: 'unmatched',
        seen: { mint: local.otherMint, amount: asked.total, why: 'wrong_mint', assignedTo: null },
      });
      await rig.eventually(
        async () => rig.service.resources.signals.snapshot()['payment_unclaimed'],
        (alarms) => alarms === 1,
      );
      expect(await rig.factsOf(`payment-${signature}`)).toEqual(['PaymentSeen']);
      expect(await rig.rental(asked.rentalId)).toMatchObject({ status: 'requested' });
    },
  );
});

describe('a request', () => {
  it.concurrent('that nobody pays expires, once the chain is final beyond its expiry', async () => {
    const { rig, market } = stage();
    const asked = await market.request({ quotedAt: rig.now - FIFTEEN_MINUTES + 10_000 });
    await rig.becomes(asked.rentalId, 'expired');
    const expired = (await rig.envelopesOf(`rental-${asked.rentalId}`)).at(-1)!;
    const { scannedTo } = expired.data as { scannedTo: string };
    expect(Date.parse(scannedTo)).toBeGreaterThan(asked.expiresAt);
  });

  it.concurrent('stopped before it is paid gives back whatever still comes', async () => {
    const { rig, market } = stage();
    const buyer = await market.buyer();
    const asked = await market.request();
    await rig.tell(asked.rentalId, { type: 'StopRental', at: rig.now });
    await rig.becomes(asked.rentalId, 'settled');
    await market.pay(buyer, asked);
    const state = await rig.eventually(
      () => rig.rental(asked.rentalId),
      (now) => now.status === 'settled' && now.rental.plans.some(({ status }) => status === 'finalized'),
    );
    if (state.status !== 'settled') throw new Error(state.status);
    expect(await movedBy(state.rental.plans)).toEqual(givenBack(buyer, asked.total));
  });
});

it('afterwards the auditor finds nothing, and the chain holds what the books say', async () => {
  const { rig, market, local } = stage();
  const { findings, totals } = await rig.audit({ requireSettled: true });
  expect(findings).toEqual([]);
  expect(totals).toMatchObject({ rentals: 15, heldMicroUsdc: 0n, feeMicroUsdc: 5n * CHARGE.feeMicroUsdc });
  expect(await market.balance(new PublicKey(local.treasury.wallet))).toBe(totals.feeMicroUsdc);
  const book = new ChainBook();
  const recorded = await rig.service.resources.store.readAll(null, 100_000);
  for (const { envelope } of recorded) book.see(envelope);
  const both = await compare(book, openLedger(local.rpcUrl), { until: Infinity, blockTimes: false });
  expect(both).toMatchObject({ findings: [], later: [], balanceMicroUsdc: totals.feeMicroUsdc });
  expect(both.payments).toBeGreaterThan(15);
});
