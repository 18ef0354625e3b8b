/** The main job, told as it happens: two operators, a buyer who pays, works over ssh, watches the meter, stops and is refunded. */

import { formatUsdc, usdc } from '@tokenos/domain/money';
import { ssh, openSession, type SshRun } from '../client/ssh.js';
import { waitFor } from '../client/wait.js';
import { usdcBalance } from '../client/wallet.js';
import type { Platform } from '../platform/platform.js';
import { auditFromOutside } from './auditor.js';
import { awaitSettled, newBuyer, payAndEnter, type Buyer } from './buyer.js';
import { awaitOffers, DEMO_OPERATORS, enrolOperator } from './operators.js';
import { reportOf, type Outcome, type Report } from './report.js';
import { finishWithoutRefund, meterMinuteTwice, type Sabotage } from './sabotage.js';
import type { Timeline } from './timeline.js';

export interface StoryParts {
  readonly platform: Platform;
  readonly dataDir: string;
  readonly line: Timeline;
  readonly sabotage: Sabotage | null;
  readonly clockScale: number;
}

const COMMAND = 'echo "hello from $(hostname)"; nvidia-smi -L; echo "work" > result.txt; ls -l result.txt';
/** Wall time: a tick comes each 60 s of the platform's clock. */
const FIRST_TICK_WITHIN_MS = 90_000;

export async function mainStory(parts: StoryParts): Promise<Report> {
  const { platform, dataDir, line } = parts;
  line.title('Operators bring machines');
  const operators = await Promise.all(DEMO_OPERATORS.map((plan) => enrolOperator(platform, dataDir, plan)));
  await awaitOffers(platform, operators.length);
  for (const { id, gpus, hourlyPrice, region } of operators) {
    line.say('operator', `${id} offers ${gpus} (SIMULATED) in ${region} at ${hourlyPrice} USDC per GPU-hour`);
  }

  line.title('A buyer asks, pays and is in');
  const buyer = await newBuyer(platform, dataDir, '1000');
  const rental = await rent(parts, buyer);

  line.title('The meter runs');
  const ticks = await firstTick(parts, buyer, rental.rentalId);
  if (parts.sabotage === 'double-bill') await meterMinuteTwice(platform, rental.rentalId);

  line.title('The buyer stops');
  if (parts.sabotage === 'skip-refund') await platform.part('settlement').stop();
  await stopAndBeLockedOut(parts, buyer, rental);
  if (parts.sabotage === 'skip-refund') await finishWithoutRefund(platform, rental.rentalId);

  line.title('Everyone gets what is theirs');
  const settled = await awaitSettled(buyer, rental.rentalId);
  await tellMoney(parts, buyer, settled, operators);
  buyer.meter.close();

  const audited = await tellAudit(parts);
  const { payToSshMs, run } = rental;
  const { clockScale } = parts;
  return reportOf({ story: 'rental', rental: settled, payToSshMs, sshOutput: run.stdout, ticks, audited, clockScale });
}

/** The last words of every story: what an auditor who has only a token and the chain says of it. */
export async function tellAudit({ platform, line, dataDir, clockScale }: StoryParts) {
  line.title('Anyone can check');
  const audited = await auditFromOutside(platform, { dataDir, clockScale });
  const { facts, evidence, payments, payouts, findings } = audited;
  line.say('auditor', `exported ${facts} facts and ${evidence} pieces of evidence, and computed every number again`);
  line.say('auditor', `compared ${payments} payments and ${payouts} payouts with Solana, in both directions`);
  line.say('auditor', findings.length === 0 ? 'no findings' : `${findings.length} FINDINGS`);
  for (const { code, message } of findings) line.say('auditor', `${code}: ${message}`);
  return audited;
}

interface Rented {
  readonly rentalId: string;
  readonly payToSshMs: number;
  readonly run: SshRun;
  readonly access: Awaited<ReturnType<typeof payAndEnter>>['access'];
}

async function rent({ platform, line }: StoryParts, buyer: Buyer): Promise<Rented> {
  const asked = { gpuTier: 'H100', gpuCount: 1, tier: 'ON_DEMAND', durationDays: 1 };
  const answer = await buyer.api.request({ ...asked, sshPublicKeys: [buyer.identity.publicKey] });
  const { rentalId, payment, quote } = answer;
  line.say('buyer', `POST /v1/buyer/compute/requests ${JSON.stringify(asked)}`);
  line.say(
    'platform',
    `one day at most ${quote.cap} USDC per GPU-hour: pay ${payment.amount} USDC`,
    payment.solanaPayUrl,
  );
  const { paid, access } = await payAndEnter(platform, buyer, answer);
  line.say('wallet', `paid ${payment.amount} USDC on Solana`, paid.signature);
  const run = await ssh(buyer.identity, access, COMMAND);
  if (run.code !== 0 || run.firstByteAtMs === null) throw new Error(`ssh failed (${run.code}): ${run.stderr}`);
  const payToSshMs = run.firstByteAtMs - paid.sentAtMs;
  const { placement } = await buyer.api.rental(rentalId);
  const machine = placement === null ? '' : ` on ${placement.operatorId}'s machine`;
  line.say('allocation', `GPU leased${machine}, at ${placement?.ratePerGpuHour ?? '?'} USDC per GPU-hour`);
  line.say('ssh', access.command, run.stdout);
  line.say('ssh', `first output ${payToSshMs} ms after the payment was sent`);
  return { rentalId, payToSshMs, run, access };
}

async function firstTick({ line, clockScale }: StoryParts, buyer: Buyer, rentalId: string) {
  if (clockScale !== 1)
    line.say('clock', `runs ${clockScale} times faster than real: a minute takes ${60 / clockScale} s`);
  const ticks = await waitFor('the first tick', FIRST_TICK_WITHIN_MS, () => {
    const heard = buyer.meter.ticks.filter((tick) => tick.rentalId === rentalId);
    return Promise.resolve(heard.length > 0 ? heard : undefined);
  });
  for (const { minute, minutesServed, costMicroUsdc } of ticks) {
    const cost = formatUsdc(usdc(BigInt(costMicroUsdc)));
    line.say('meter', `minute ${minute}: ${minutesServed} served, ${cost} USDC so far`);
  }
  return ticks;
}

async function stopAndBeLockedOut({ line }: StoryParts, buyer: Buyer, { rentalId, access }: Rented): Promise<void> {
  const session = openSession(buyer.identity, access);
  const closed = new Promise<void>((resolve) => session.once('exit', () => resolve()));
  const from = performance.now();
  await buyer.api.stop(rentalId);
  line.say('buyer', `POST /v1/buyer/rentals/${rentalId}/stop`);
  await closed;
  line.say('machine', `the open session ended ${Math.round(performance.now() - from)} ms after the stop`);
  const again = await ssh(buyer.identity, access, 'true');
  if (again.code === 0) throw new Error('the key still opens the machine after the end');
  line.say('machine', `the key is refused now: ${again.stderr.trim().split('\n').at(-1) ?? ''}`);
}

async function tellMoney(
  { platform, line }: StoryParts,
  buyer: Buyer,
  { settlement, cost, carbon }: Outcome['rental'],
  operators: readonly { id: string; wallet: string }[],
): Promise<void> {
  const { totals, plans } = settlement;
  if (totals === null) throw new Error('settled without totals');
  line.say('settlement', `${cost.minutesServed} minute(s) served: charged ${totals.charged}, fee ${totals.fee} USDC`);
  for (const plan of plans) {
    for (const { role, amount, to } of plan.transfers) {
      const whom = role === 'refund' ? 'the buyer' : (operators.find(({ wallet }) => wallet === to)?.id ?? to);
      line.say('settlement', `${amount} USDC to ${whom}`, plan.signature ?? undefined);
    }
  }
  for (const { country, minutes, mg } of carbon?.machines ?? []) {
    line.say('carbon', `${mg} mg of CO2 for ${minutes} minute(s) in ${country}; the GPUs' own power, without the host`);
  }
  const balance = await usdcBalance(buyer.wallet, platform.chain);
  line.say('wallet', `the buyer's wallet holds ${formatUsdc(usdc(balance))} USDC`);
}
