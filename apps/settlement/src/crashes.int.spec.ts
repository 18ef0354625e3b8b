/** Settlement dies and its chain fails at every step of a plan; payments are found by the webhook's hint alone. An hour takes five seconds. */

import type { Keypair } from '@solana/web3.js';
import { signaturesFromWebhook } from '@tokenos/contracts/chain/helius';
import { HOUR } from '@tokenos/domain/time';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { withStage } from './testing/stage.js';
import { unreliableRpc } from './testing/unreliable-rpc.js';

jest.setTimeout(60_000);

const rpc = unreliableRpc();
/** What the gateway does with a webhook: hint, and answer. */
const gateway = createServer((request, response) => {
  void text(request)
    .then((body) => {
      stage().rig.hint(...signaturesFromWebhook(JSON.parse(body)));
      response.writeHead(200).end();
    })
    // Settlement is down: the sender tries again a few times, then the hint is lost.
    .catch(() => response.writeHead(503).end());
});
const stage = withStage({
  clockScale: 720,
  env: { SETTLEMENT_SCAN: 'false', SETTLEMENT_RETURN_UNMATCHED_AFTER_MINUTES: '0' },
  before: (chainUrl) => rpc.standBefore(chainUrl),
  webhook: async () => {
    await once(gateway.listen(0, '127.0.0.1'), 'listening');
    return { url: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`, authorization: 'hint' };
  },
});

afterAll(() => {
  gateway.close();
  rpc.close();
});
afterEach(async () => {
  rpc.fail({});
  const { findings } = await stage().rig.audit({ requireSettled: true });
  expect(findings).toEqual([]);
});

/** At this pace an offer would stand for little more than a second. */
const request = () => stage().market.request({ quotedAt: stage().rig.now + HOUR });

const address = ({ publicKey }: Keypair): string => publicKey.toBase58();

it('a payment is found by a hint alone, and nothing asks the chain but for a reason', async () => {
  const { rig, market } = stage();
  const asked = await request();
  await market.pay(await market.buyer(), asked);
  await rig.becomes(asked.rentalId, 'paid');
  await rig.tell(asked.rentalId, { type: 'StopRental', at: rig.now });
  await rig.becomes(asked.rentalId, 'settled');
  expect(rpc.calls('getSignaturesForAddress')).toBe(0);
});

it('a service that dies after each step of a plan in turn pays exactly once', async () => {
  const { rig, market } = stage();
  const [buyer, operator] = [await market.buyer(), await market.operator({ tokenAccount: true })];
  const asked = await request();
  const stream = `rental-${asked.rentalId}`;
  await market.pay(buyer, asked);
  await rig.becomes(asked.rentalId, 'paid');
  await rig.eventually(
    () => rig.factsOf(stream),
    (facts) => facts.includes('PaymentFinalized'),
  );

  const dies = async (once: string): Promise<void> => {
    await rig.eventually(
      () => rig.factsOf(stream),
      (facts) => facts.at(-1) === once,
    );
    await rig.stop();
  };
  rpc.fail({ getLatestBlockhash: 'refuse' });
  await market.runTwoMinutes(asked, operator);
  await dies('SettlementPlanned');

  rpc.fail({ sendTransaction: 'refuse' });
  await rig.start();
  await dies('SettlementSigned');

  const asks = rpc.calls('sendTransaction');
  rpc.fail({ sendTransaction: 'lose' });
  await rig.start();
  await rig.eventually(
    async () => rpc.calls('sendTransaction'),
    (calls) => calls > asks,
  );
  rpc.fail({ getSignatureStatuses: 'refuse' });
  expect(await rig.factsOf(stream)).not.toContain('SettlementFinalized');
  await rig.stop();

  rpc.fail({});
  await rig.start();
  await dies('SettlementConfirmed');

  await rig.start();
  const { rental } = await rig.becomes(asked.rentalId, 'settled');
  expect((await rig.factsOf(stream)).filter((type) => type.startsWith('Settlement'))).toEqual([
    'SettlementPlanned',
    'SettlementSigned',
    'SettlementConfirmed',
    'SettlementFinalized',
  ]);
  const [plan] = rental.plans;
  if (plan?.status !== 'finalized') throw new Error(`it is ${plan?.status}`);
  expect(await market.moved(plan.signed.signature)).toMatchObject({ [address(buyer)]: asked.total - 194_666n });
  expect(await market.balance(operator.wallet)).toBe(184_933n);
});

it('an operator without a token account holds up nobody, and is paid by itself once it has one', async () => {
  const { rig, market } = stage();
  const [buyer, operator] = [await market.buyer(), await market.operator({ tokenAccount: false })];
  const asked = await request();
  await market.pay(buyer, asked);
  await market.runTwoMinutes(asked, operator);
  const refunded = await rig.eventually(
    () => rig.rental(asked.rentalId),
    (state) => state.status === 'ended' && state.rental.plans[0]?.status === 'finalized',
  );
  if (refunded.status !== 'ended') throw new Error(refunded.status);
  expect(refunded.rental.plans[0]?.planned).toMatchObject({
    chargedMicroUsdc: 0n,
    transfers: [{ role: 'refund', to: address(buyer), amountMicroUsdc: asked.total - 194_666n }],
  });
  await market.openTokenAccount(operator.wallet);
  const { totals } = await rig.becomes(asked.rentalId, 'settled');
  expect(totals).toMatchObject({ operatorMicroUsdc: 184_933n, feeMicroUsdc: 9_733n });
  expect(await market.balance(operator.wallet)).toBe(184_933n);
});

it('twenty wallets that each add a crumb are all paid back, in as many transactions as it takes', async () => {
  const { rig, market } = stage();
  const asked = await request();
  const payers = await Promise.all(Array.from({ length: 20 }, () => market.buyer()));
  for (const payer of payers) await market.pay(payer, asked, { amount: '0.000001' });
  await rig.eventually(
    () => rig.rental(asked.rentalId),
    (state) => state.status === 'requested' && state.rental.payments.length === 20,
  );
  await rig.tell(asked.rentalId, { type: 'StopRental', at: rig.now });
  const { rental, totals } = await rig.becomes(asked.rentalId, 'settled');
  expect(totals.refundedMicroUsdc).toBe(20n);
  const sizes = rental.plans.map(({ planned }) => planned.transfers.length);
  // In which plan each goes back is up to when its payment became final.
  expect(sizes.reduce((all, size) => all + size, 0)).toBe(20);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(17);
});
