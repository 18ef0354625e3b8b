/** How a rental begins, in words: who asked for what at which price, and what came in for it. */

import { price } from '@tokenos/audit/price';
import type { PaymentData } from '@tokenos/audit/wire';
import type { Memory } from './memory.js';
import { said, type DataOf, type Said } from './said.js';
import { lasting, many, sum, usdc, when } from './words.js';

export function tellRequest({ buyerId, terms, quote, payment }: DataOf<'RentalRequested'>): readonly Said[] {
  const { tier, gpuCount, gpuTier, minutes, maxWaitMs, region, minReputationBps } = terms;
  const cap = BigInt(quote.capMicroUsdcPerHour);
  const { tierBps, surplusMicroUsdc, feeBps } = quote;
  const full = price({ rate: cap, tierBps, gpuCount, minutes });
  const wishes = [
    region === null ? 'any region' : `region ${region}`,
    minReputationBps === null ? 'any reputation' : `a reputation of ${minReputationBps} bps or more`,
    `a wait of ${lasting(maxWaitMs)} at most`,
  ];
  return [
    said(null, `${buyerId} asks for ${gpuCount} x ${gpuTier}, ${tier}, ${many(minutes, 'minute')}`),
    said('placement@1', `with ${wishes.join(', ')}`),
    said('pricing@1', `the cap is ${usdc(cap)} per GPU-hour on demand; ${tier} costs ${tierBps} of 10000 of it`),
    said('pricing@1', sum(`price = floor(${cap} x ${tierBps} x ${gpuCount} x ${minutes} / (60 x 10000))`, full)),
    said(
      'pricing@1',
      sum(`to pay = ${full} + ${surplusMicroUsdc}, which makes it unlike any other`, full + BigInt(surplusMicroUsdc)),
    ),
    said(
      'settlement@1',
      `the platform keeps ${feeBps} of 10000 of what is charged; the quote expires ${when(quote.expiresAt)}`,
    ),
    said(
      'settlement@1',
      payment.refundTo === null
        ? 'what is not used goes back to the wallet that pays'
        : `what is not used goes back to ${payment.refundTo}, as the buyer has proven`,
    ),
  ];
}

export const tellCredential = ({ keys, username }: DataOf<'CredentialIssued'>): readonly Said[] => [
  said(null, `${many(keys.length, 'key')} may log in as ${username}: ${keys.map((key) => key.fingerprint).join(', ')}`),
];

/** On the transfer's own stream. */
export function tellSeen({ signature, amount, payers, memo, references }: PaymentData<'PaymentSeen'>): readonly Said[] {
  const by = references.length > 0 ? 'its reference' : memo === null ? 'its exact amount' : 'its memo';
  const from = payers.map(({ wallet }) => wallet).join(', ');
  return [
    said('matching', `the chain shows ${usdc(BigInt(amount))} from ${from}, found by ${by}`),
    said('I7', `transaction ${signature}`),
  ];
}

export function tellPayment(
  { amountMicroUsdc, payer, blockTime, extensionId }: DataOf<'PaymentReceived'>,
  memory: Memory,
): readonly Said[] {
  const extension = memory.extensions.find((one) => one.extensionId === extensionId);
  const asked = extension ?? memory.requested?.quote;
  const came = memory.payments
    .filter(({ received, state }) => received.extensionId === extensionId && state !== 'vanished')
    .map(({ received }) => BigInt(received.amountMicroUsdc));
  const all = came.reduce((total, one) => total + one, 0n);
  const total = BigInt(asked?.totalMicroUsdc ?? '0');
  const isLate = asked !== undefined && Date.parse(blockTime) > Date.parse(asked.expiresAt);
  const enough =
    all >= total ? `${all} >= ${total}: it is paid` : `${all} < ${total}: ${usdc(total - all)} are missing`;
  return [
    said(
      'I7',
      `${usdc(BigInt(amountMicroUsdc))} from ${payer}${extension === undefined ? '' : `, for ${many(extension.minutes, 'minute')} more`}`,
    ),
    said(
      'I4',
      isLate
        ? `its block is of ${when(blockTime)}, after the quote had expired: it goes back`
        : `its block is of ${when(blockTime)}, in time; ${enough}`,
    ),
  ];
}

export const tellExpired = ({ expiresAt, scannedTo }: DataOf<'RequestExpired'>): readonly Said[] => [
  said('order', `nobody paid in time: it expired ${when(expiresAt)}, and the chain was read up to ${when(scannedTo)}`),
];
