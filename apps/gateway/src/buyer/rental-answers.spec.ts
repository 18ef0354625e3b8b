import { rentalDetail, rentalSummary, receipt as receiptSchema } from '@tokenos/contracts/api/rental';
import { attribution } from '@tokenos/contracts/carbon/attribution';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { fold } from '@tokenos/domain/decider';
import { usdc } from '@tokenos/domain/money';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { MINUTE } from '@tokenos/domain/time';
import * as facts from '@tokenos/testing/generators/sample-facts';
import { carbonAnswerOf } from '../carbon/carbon-answer.js';
import { earnedIn } from '../operator/earnings.js';
import { accessOf, isPending } from './access-answer.js';
import { linksOf } from './links.js';
import { receiptPage } from './receipt-page.js';
import { receiptOf } from './receipt.js';
import { costAnswer, detailOf, summaryOf, type KnownRental } from './rental-answers.js';

function stateAfter(...history: RentalFact[]): KnownRental {
  const state = fold(rentalStream.decider, [facts.requested, ...history]);
  if (state.status === 'absent') throw new Error('not requested');
  return state;
}

const { received, placed, started, metered, ended, finalized, meterClosed, planned, signed, landed } = facts;
const credential: RentalFact = { type: 'CredentialIssued', data: { ...facts.credential(), notAfter: facts.ENDS_AT } };
const links = linksOf(facts.RENTAL, 'https://gpu.example/');
const running = [received(), placed(), started()];
/** 12 minutes at 5.84: 1,168,000; 5 % of it is 58,400. */
const final = planned(1, {
  kind: 'final',
  groups: [
    {
      operatorId: facts.OPERATOR,
      operatorWallet: facts.OPERATOR_WALLET,
      rateMicroUsdcPerHour: facts.RATE,
      tierBps: 10_000,
      gpuCount: 1,
      minutes: 12,
    },
  ],
  chargedMicroUsdc: usdc(1_168_000n),
  feeMicroUsdc: usdc(58_400n),
  transfers: [facts.payout(1_109_600n), facts.refund(4_673_234n)],
});
const totals: RentalFact = {
  type: 'RentalSettled',
  data: {
    paidMicroUsdc: facts.TOTAL,
    chargedMicroUsdc: usdc(1_168_000n),
    feeMicroUsdc: usdc(58_400n),
    operatorMicroUsdc: usdc(1_109_600n),
    refundedMicroUsdc: usdc(4_673_234n),
  },
};
const stopped = [
  ...running,
  metered(0, '111111111111'),
  ended('buyer_stopped', facts.STARTED_AT + 12 * MINUTE + 1, 'buyer'),
  finalized(),
  meterClosed(11, 12),
];
const settled = stateAfter(...stopped, final, signed(), landed(), totals);

describe('access', () => {
  const unpaid = stateAfter();
  const paid = stateAfter(received());

  it.each([
    ['requested', unpaid, 'unpaid'],
    ['paid', paid, 'starting'],
    ['placed', stateAfter(received(), placed()), 'starting'],
    ['running without a key', stateAfter(...running), 'keyless'],
    ['running with a key', stateAfter(credential, ...running), 'open'],
    ['ended', stateAfter(...stopped), 'over'],
    ['expired', stateAfter(facts.expired), 'over'],
    ['settled', settled, 'over'],
  ])('to a rental that is %s', (_status, state, kind) => {
    expect(accessOf(state).kind).toBe(kind);
  });

  it('is worth waiting for only while it is coming', () => {
    expect([unpaid, paid, settled, stateAfter(...running)].map((state) => isPending(accessOf(state)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('names the machine’s key in the very command, so that ssh can verify it and touches no file', () => {
    expect(accessOf(stateAfter(credential, ...running))).toMatchObject({
      access: {
        knownHosts: '[203.0.113.7]:2222 ssh-ed25519 AAAAhost',
        command:
          "ssh -o 'KnownHostsCommand=/bin/echo [203.0.113.7]:2222 ssh-ed25519 AAAAhost' " +
          '-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes ' +
          '-p 2222 r0199a@203.0.113.7',
        expiresAt: '2026-11-23T10:00:30.000Z',
      },
    });
  });
});

it('a machine at the usual port is spelled as OpenSSH does', () => {
  const endpoint = { ...facts.placement().endpoint, port: 22 };
  const history = [credential, received(), placed(1, { endpoint }), started()];
  expect(accessOf(stateAfter(...history))).toMatchObject({
    access: { knownHosts: '203.0.113.7 ssh-ed25519 AAAAhost' },
  });
});

describe('the cost so far', () => {
  it('counts metered minutes at the placed rate, and burns while it runs', () => {
    expect(costAnswer(stateAfter(...running, metered(0, '110')))).toEqual({
      minutesServed: 2,
      cost: '0.194666',
      costMicroUsdc: '194666',
      burnPerHour: '5.840000',
      burnPerHourMicroUsdc: '5840000',
    });
    expect(costAnswer(stateAfter(...stopped))).toMatchObject({ minutesServed: 12, burnPerHour: '0.000000' });
    expect(costAnswer(stateAfter())).toMatchObject({ minutesServed: 0, cost: '0.000000' });
  });
});

describe('a rental told in full', () => {
  it.each([
    ['requested', stateAfter()],
    ['running', stateAfter(credential, ...running)],
    ['ended', stateAfter(...stopped, final)],
    ['settled', settled],
    ['expired', stateAfter(facts.expired)],
  ])('is what its schema says while it is %s', (_status, state) => {
    const detail = detailOf(state, {
      envelopes: [],
      node: { region: 'eu-west', simulated: true },
      carbon: null,
      links,
    });
    expect(rentalDetail.safeParse(detail).error).toBeUndefined();
    expect(rentalSummary.safeParse(summaryOf(state, links)).error).toBeUndefined();
  });

  it('shows each transfer with the signature it went out under', () => {
    const { settlement } = detailOf(settled, { envelopes: [], node: null, carbon: null, links });
    expect(settlement).toMatchObject({
      plans: [
        {
          status: 'finalized',
          signature: facts.signing().signature,
          charged: '1.168000',
          transfers: [
            { role: 'operator', amount: '1.109600' },
            { role: 'refund', amount: '4.673234' },
          ],
        },
      ],
      totals: { paid: '5.841234', charged: '1.168000', fee: '0.058400', operator: '1.109600', refunded: '4.673234' },
    });
  });

  it('says when it ended, not when it would have', () => {
    expect(summaryOf(settled, links).endsAt).toBe('2026-11-23T09:12:30.001Z');
    expect(summaryOf(stateAfter(...running), links).endsAt).toBe('2026-11-23T10:00:30.000Z');
  });
});

describe('a receipt', () => {
  const machine = { nodeId: 'node-1', minutes: 12, country: 'DE', puePercent: 125 };
  const carbon = carbonAnswerOf(attribution({ gpuTier: 'H100', gpuCount: 1 }, [machine]), true);

  const receipt = receiptOf(settled, { simulated: true, carbon, issuedAt: facts.ENDS_AT });

  it('adds up: paid is charged and refunded', () => {
    expect(receiptSchema.safeParse(receipt).error).toBeUndefined();
    expect(BigInt(receipt.chargedMicroUsdc) + BigInt(receipt.refundedMicroUsdc)).toBe(BigInt(receipt.paidMicroUsdc));
    expect(receipt).toMatchObject({
      final: true,
      items: [{ minutes: 12, charge: '1.168000', ratePerGpuHour: '5.840000' }],
    });
  });

  it('leaves out what failed and never moved', () => {
    const failed = stateAfter(...stopped, final, signed(), facts.broke());
    expect(receiptOf(failed, { simulated: false, carbon: null, issuedAt: 0 })).toMatchObject({
      final: false,
      charged: '0.000000',
      refunded: '0.000000',
      transfers: [],
    });
  });

  it('marks a payment that came too late', () => {
    const late = facts.received(2, { blockTime: facts.quote.expiresAt + 1 });
    const twice = receiptOf(stateAfter(...running, late), { simulated: false, carbon: null, issuedAt: 0 });
    expect(twice.payments.map(({ inTime }) => inTime)).toEqual([true, false]);
    expect(receiptPage(twice).match(/<td>in time</g)).toHaveLength(1);
    expect(receiptPage(twice).match(/<td>late/g)).toHaveLength(1);
    expect(receiptPage(receipt)).not.toContain('<td>late');
  });

  it('has the grams with every factor, and says on paper what is not in them', () => {
    expect(receipt.carbon).toMatchObject({ grams: '47.888', gramsWithPue: '59.860', hostPowerIncluded: false });
    const page = receiptPage(receipt);
    for (const part of ['47.888 g', '59.860 g', '342.06 g/kWh', 'DEU', '125 %', 'host power is not included']) {
      expect(page).toContain(part);
    }
    expect(receiptPage({ ...receipt, carbon: null })).not.toContain('CO2');
  });

  it('prints with every signature, and says that the GPUs were simulated', () => {
    const page = receiptPage(receipt);
    expect(page).toContain(facts.signing().signature);
    expect(page).toContain(facts.payment().signature);
    expect(page).toContain('SIMULATED');
    expect(receiptPage({ ...receipt, simulated: false, label: `<b onload='x'>&` })).toContain(
      '&lt;b onload=&#39;x&#39;&gt;&amp;',
    );
  });
});

describe('earnings', () => {
  it('are what was planned for the operator, with where it stands', () => {
    expect(earnedIn(settled, facts.OPERATOR)).toMatchObject({
      minutesServed: 12,
      earned: '1.109600',
      payouts: [{ amount: '1.109600', status: 'finalized', signature: facts.signing().signature }],
    });
    expect(earnedIn(settled, 'somebody else')).toMatchObject({ minutesServed: 0, earned: '0.000000', payouts: [] });
  });

  it('do not count a plan that failed', () => {
    const failed = stateAfter(...stopped, final, signed(), facts.broke());
    expect(earnedIn(failed, facts.OPERATOR)).toMatchObject({ earned: '0.000000', payouts: [{ status: 'failed' }] });
  });
});
