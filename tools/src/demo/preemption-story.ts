/** A SPOT buyer makes room for one who pays the full price: told in the terminal and on the meter, out 90 seconds later, and paid back. */

import type { Access } from '@tokenos/contracts/api/access';
import type { RentalDetail } from '@tokenos/contracts/api/rental';
import { openTerminal, ssh, type Terminal } from '../client/ssh.js';
import { waitFor } from '../client/wait.js';
import { payByWallet } from '../client/wallet.js';
import { awaitSettled, newBuyer, payAndEnter, type Buyer } from './buyer.js';
import { awaitOffers, enrolOperator, type OperatorPlan } from './operators.js';
import type { StoryReport } from './report.js';
import { tellAudit, type StoryParts } from './story.js';

export interface PreemptionReport extends StoryReport {
  readonly clockScale: number;
  /** Platform time from the delivery of the notice to the end. */
  readonly noticeMs: number;
  /** Wall time from the end of the SPOT rental, as its terminal saw it, to the other buyer's first output over ssh. */
  readonly servedAfterMs: number;
  readonly terminalSaid: string;
  readonly spot: Money;
  readonly onDemand: Money;
}

interface Money {
  readonly rentalId: string;
  readonly endReason: string | null;
  readonly minutesServed: number;
  readonly paidMicroUsdc: string;
  readonly chargedMicroUsdc: string;
  readonly refundedMicroUsdc: string;
}

/** The only machine, and the only GPU in it. */
const ONLY: OperatorPlan = { id: 'aurora', hourlyPrice: '5.84', gpus: 'H100x1', region: 'eu-de', country: 'DE' };

const NOTICE_LINE = /TokenOS: this SPOT rental has to make room[^\r\n]*/;
const START_WITHIN_MS = 60_000;
/** Wall time in real time: 90 s of notice, and the machine's start. */
const MAKING_ROOM_WITHIN_MS = 180_000;

export async function preemptionStory(parts: StoryParts): Promise<PreemptionReport> {
  const { platform, dataDir, line, clockScale } = parts;
  line.title('There is one machine, with one GPU');
  await enrolOperator(platform, dataDir, ONLY);
  await awaitOffers(platform, 1);
  line.say('operator', `${ONLY.id} offers ${ONLY.gpus} (SIMULATED) at ${ONLY.hourlyPrice} USDC per GPU-hour`);
  line.say('allocation', 'keeps no idle GPU back from SPOT in this story; by default it keeps one of each class');

  line.title('A SPOT buyer works on it');
  const spotBuyer = await newBuyer(platform, dataDir, '1000', 'spot-buyer');
  const spot = await rentSpot(parts, spotBuyer);

  line.title('Somebody pays the full price for it');
  const fullBuyer = await newBuyer(platform, dataDir, '1000', 'full-price-buyer');
  const noticed = noticeOnMeter(spotBuyer, spot.rentalId);
  const rentalId = await payFullPrice(parts, fullBuyer);
  await noticed;
  line.say('meter', 'the SPOT buyer’s socket says at once: PreemptionNoticed');
  const told = await waitFor('the notice in the terminal', START_WITHIN_MS, () =>
    Promise.resolve(NOTICE_LINE.exec(spot.terminal.said())?.[0]),
  );
  line.say('terminal', told);

  line.title('Ninety seconds later');
  await spot.terminal.ended;
  const endedAtMs = Date.now();
  const { course, end } = await spotBuyer.api.rental(spot.rentalId);
  const deliveredAt = Date.parse(course.notice?.deliveredAt ?? '');
  const noticeMs = Date.parse(end?.effectiveAt ?? '') - deliveredAt;
  line.say('machine', `the SPOT buyer’s terminal ended: ${end?.reason ?? 'no reason'}, fault ${end?.fault ?? '?'}`);
  line.say('platform', `${(noticeMs / 1_000).toFixed(1)} s after the machine had told its buyer`);

  const access = await awaitAccess(fullBuyer, rentalId);
  const run = await ssh(fullBuyer.identity, access, 'echo "hello from $(hostname)"; nvidia-smi -L');
  if (run.code !== 0 || run.firstByteAtMs === null) throw new Error(`ssh failed (${run.code}): ${run.stderr}`);
  const servedAfterMs = run.firstByteAtMs - endedAtMs;
  line.say('ssh', `the buyer who paid the full price is in, ${servedAfterMs} ms after that`, run.stdout);

  line.title('Everyone gets what is theirs');
  await fullBuyer.api.stop(rentalId);
  const [spotSettled, fullSettled] = await Promise.all([
    awaitSettled(spotBuyer, spot.rentalId),
    awaitSettled(fullBuyer, rentalId),
  ]);
  for (const [who, { settlement, cost }] of [
    ['SPOT', spotSettled],
    ['ON_DEMAND', fullSettled],
  ] as const) {
    const { paid = '?', charged = '?', refunded = '?' } = settlement.totals ?? {};
    line.say(
      'settlement',
      `${who}: paid ${paid}, ${cost.minutesServed} minute(s) for ${charged}, ${refunded} USDC back`,
    );
  }
  spotBuyer.meter.close();
  fullBuyer.meter.close();
  const audited = await tellAudit(parts);
  return {
    story: 'preemption',
    ...{ clockScale, noticeMs, servedAfterMs, terminalSaid: told },
    spot: moneyOf(spotSettled),
    onDemand: moneyOf(fullSettled),
    facts: audited.facts,
    auditFindings: audited.findings,
  };
}

interface SpotRental {
  readonly rentalId: string;
  readonly terminal: Terminal;
}

/** In, with an open terminal, and at least one minute on the meter: so that there is something to pay and something to give back. */
async function rentSpot({ platform, line, clockScale }: StoryParts, buyer: Buyer): Promise<SpotRental> {
  const asked = { gpuTier: 'H100', gpuCount: 1, tier: 'SPOT', durationDays: 1 };
  const answer = await buyer.api.request({ ...asked, sshPublicKeys: [buyer.identity.publicKey] });
  line.say('buyer', `POST /v1/buyer/compute/requests ${JSON.stringify(asked)}`);
  const { access } = await payAndEnter(platform, buyer, answer);
  const terminal = openTerminal(buyer.identity, access);
  line.say('ssh', `${access.command}: a terminal is open`);
  if (clockScale !== 1) line.say('clock', `runs ${clockScale} times faster: 90 s take ${90 / clockScale} s`);
  await waitFor('the first tick', 2 * START_WITHIN_MS, () =>
    Promise.resolve(buyer.meter.ticks.find((tick) => tick.rentalId === answer.rentalId)),
  );
  line.say('meter', 'the first minute is over');
  return { rentalId: answer.rentalId, terminal };
}

async function payFullPrice({ platform, line }: StoryParts, buyer: Buyer): Promise<string> {
  const asked = { gpuTier: 'H100', gpuCount: 1, tier: 'ON_DEMAND', durationDays: 1, maxWaitSeconds: 300 };
  const answer = await buyer.api.request({ ...asked, sshPublicKeys: [buyer.identity.publicKey] });
  line.say('buyer', `POST /v1/buyer/compute/requests ${JSON.stringify(asked)}`);
  line.say('platform', `ready in ${answer.ready.inSeconds ?? '?'} s: ${answer.ready.detail}`);
  const paid = await payByWallet(answer, { keyFile: buyer.walletFile, rpcUrl: platform.chain.rpcUrl });
  line.say('wallet', `paid ${answer.payment.amount} USDC on Solana`, paid.signature);
  return answer.rentalId;
}

function noticeOnMeter(buyer: Buyer, rentalId: string): Promise<void> {
  return new Promise((resolve) => {
    buyer.meter.onMessage((message) => {
      if (message.type === 'state' && message.rentalId === rentalId && message.notice !== null) resolve();
    });
  });
}

/** Asked again where the platform has let go of the question before the machine was ready. */
function awaitAccess(buyer: Buyer, rentalId: string): Promise<Access> {
  return waitFor('the machine', MAKING_ROOM_WITHIN_MS, async () => {
    const { status, body } = await buyer.api.ask<Access>('GET', `/v1/buyer/rentals/${rentalId}/access?wait=30`);
    return status === 200 ? body : undefined;
  });
}

const moneyOf = ({ rentalId, end, cost, settlement }: RentalDetail): Money => ({
  rentalId,
  endReason: end?.reason ?? null,
  minutesServed: cost.minutesServed,
  paidMicroUsdc: settlement.totals?.paidMicroUsdc ?? '0',
  chargedMicroUsdc: settlement.totals?.chargedMicroUsdc ?? '0',
  refundedMicroUsdc: settlement.totals?.refundedMicroUsdc ?? '0',
});
