/** A machine dies under a buyer, and then the other one too: the first time the rental moves, the second time everything unused comes back. */

import type { Access } from '@tokenos/contracts/api/access';
import type { RentalDetail } from '@tokenos/contracts/api/rental';
import { formatUsdc, usdc } from '@tokenos/domain/money';
import { once } from 'node:events';
import { openSession, ssh } from '../client/ssh.js';
import { waitFor } from '../client/wait.js';
import { awaitSettled, newBuyer, payAndEnter, type Buyer } from './buyer.js';
import { agentOf, awaitOffers, DEMO_OPERATORS, enrolOperator, type Operator } from './operators.js';
import type { StoryReport } from './report.js';
import { tellAudit, type StoryParts } from './story.js';

export interface NodeFailureReport extends StoryReport {
  readonly rentalId: string;
  /** Wall time from the death of the first machine until the platform says so, until the rental runs again, until ssh works again. */
  readonly noticedAfterMs: number;
  readonly runsAfterMs: number;
  readonly sshAfterMs: number;
  /** Who served, in this order. */
  readonly operators: readonly string[];
  readonly minutesBilled: number;
  readonly paidMicroUsdc: string;
  readonly chargedMicroUsdc: string;
  readonly refundedMicroUsdc: string;
  /** What each operator was paid, by id. */
  readonly payouts: Readonly<Record<string, string>>;
  readonly endReason: string;
  readonly clockScale: number;
}

/** Wall time: a machine counts as lost after a minute of silence, and the clock may run as slow as real. */
const MOVED_WITHIN_MS = 240_000;
const SERVED_WITHIN_MS = 180_000;

export async function nodeFailureStory(parts: StoryParts): Promise<NodeFailureReport> {
  const { platform, dataDir, line, clockScale } = parts;
  line.title('Two operators, and a buyer at work on one of their machines');
  const operators = await Promise.all(DEMO_OPERATORS.map((plan) => enrolOperator(platform, dataDir, plan)));
  await awaitOffers(platform, operators.length);
  const buyer = await newBuyer(platform, dataDir, '1000');
  // Enough for either machine: one that asks more than the buyer's cap could not take over.
  const maxHourlyPrice = DEMO_OPERATORS[0].hourlyPrice;
  const asked = { gpuTier: 'H100', durationMinutes: 60, maxHourlyPrice };
  const answer = await buyer.api.request({ ...asked, sshPublicKeys: [buyer.identity.publicKey] });
  const { rentalId } = answer;
  const { access } = await payAndEnter(platform, buyer, answer);
  await work(parts, buyer, access);
  const first = await hostOf(buyer, rentalId);
  await servedMore(parts, buyer, rentalId);

  line.title(`${first}'s machine loses power`);
  const moved = await loseMachine(parts, buyer, { rentalId, access, operatorId: first });
  const second = await hostOf(buyer, rentalId);
  line.say('allocation', `the rental moved by itself to ${second}'s machine`);
  await servedMore(parts, buyer, rentalId);

  line.title(`${second}'s machine loses power too: nobody is left`);
  await platform.part(agentOf(second)).destroy();
  const settled = await awaitSettled(buyer, rentalId, MOVED_WITHIN_MS);
  buyer.meter.close();
  line.say('platform', `nobody can serve: the rental ended by itself (${settled.end?.reason ?? '?'})`);
  const payouts = tellPayouts(parts, settled, operators);
  const audited = await tellAudit(parts);
  const { totals } = settled.settlement;
  return {
    ...{ story: 'node-failure', rentalId, ...moved, operators: [first, second], payouts, clockScale },
    minutesBilled: settled.cost.minutesServed,
    paidMicroUsdc: totals?.paidMicroUsdc ?? '0',
    chargedMicroUsdc: totals?.chargedMicroUsdc ?? '0',
    refundedMicroUsdc: totals?.refundedMicroUsdc ?? '0',
    endReason: settled.end?.reason ?? '',
    facts: audited.facts,
    auditFindings: audited.findings,
  };
}

async function work({ line }: StoryParts, buyer: Buyer, access: Access): Promise<void> {
  const run = await ssh(buyer.identity, access, 'echo "at work on $(hostname)"; nvidia-smi -L | head -1');
  if (run.code !== 0) throw new Error(`ssh failed (${run.code}): ${run.stderr}`);
  line.say('ssh', access.command, run.stdout);
}

const hostOf = async (buyer: Buyer, rentalId: string): Promise<string> =>
  (await buyer.api.rental(rentalId)).placement?.operatorId ?? '';

/** Until the meter shows one more minute than it has shown so far. */
async function servedMore({ line }: StoryParts, { meter }: Buyer, rentalId: string): Promise<void> {
  const heard = () => meter.ticks.filter((tick) => tick.rentalId === rentalId);
  const before = heard().at(-1)?.minutesServed ?? 0;
  const tick = await waitFor('another served minute', SERVED_WITHIN_MS, () =>
    Promise.resolve(heard().find(({ minutesServed }) => minutesServed > before)),
  );
  const cost = formatUsdc(usdc(BigInt(tick.costMicroUsdc)));
  line.say('meter', `minute ${tick.minute}: ${tick.minutesServed} served, ${cost} USDC so far`);
}

interface Lease {
  readonly rentalId: string;
  readonly operatorId: string;
  readonly access: Access;
}

async function loseMachine(parts: StoryParts, buyer: Buyer, { rentalId, operatorId, access }: Lease) {
  const { platform, line } = parts;
  const session = openSession(buyer.identity, access);
  const cut = once(session, 'exit');
  const from = performance.now();
  await platform.part(agentOf(operatorId)).destroy();
  await cut;
  line.say('ssh', `the open session broke off ${Math.round(performance.now() - from)} ms later`);
  const until = async (state: RentalDetail['state']): Promise<number> => {
    await waitFor(`the rental to be ${state}`, MOVED_WITHIN_MS, async () => {
      const now = await buyer.api.rental(rentalId);
      if (now.end !== null) throw new Error(`the rental ended by ${now.end.reason} instead of moving`);
      return now.state === state ? true : undefined;
    });
    return Math.round(performance.now() - from);
  };
  const noticedAfterMs = await until('interrupted');
  line.say('platform', `noticed after ${noticedAfterMs} ms: silent for a minute of its clock, and the probe fails`);
  const runsAfterMs = await until('running');
  const again = await buyer.api.access(rentalId);
  await work(parts, buyer, again);
  const sshAfterMs = Math.round(performance.now() - from);
  line.say('ssh', `works again ${sshAfterMs} ms after the machine died; nothing in between is billed`);
  return { noticedAfterMs, runsAfterMs, sshAfterMs };
}

function tellPayouts({ line }: StoryParts, { settlement, cost }: RentalDetail, operators: readonly Operator[]) {
  const payouts = Object.fromEntries(operators.map(({ id }) => [id, 0n]));
  for (const { role, to, amountMicroUsdc } of settlement.plans.flatMap(({ transfers }) => transfers)) {
    const operator = operators.find(({ wallet }) => wallet === to);
    if (role === 'operator' && operator) payouts[operator.id] = (payouts[operator.id] ?? 0n) + BigInt(amountMicroUsdc);
  }
  const { totals } = settlement;
  line.say('settlement', `${cost.minutesServed} minute(s) served: charged ${totals?.charged ?? '?'} USDC in all`);
  for (const [id, amount] of Object.entries(payouts))
    line.say('settlement', `${formatUsdc(usdc(amount))} USDC to ${id}`);
  line.say('settlement', `${totals?.refunded ?? '?'} USDC of ${totals?.paid ?? '?'} back to the buyer`);
  return Object.fromEntries(Object.entries(payouts).map(([id, amount]) => [id, String(amount)]));
}
