/** One chaos run: a platform full of rentals whose parts are killed one after the other, and what it all came to. */

import type { Finding } from '@tokenos/audit/finding';
import type { RentalDetail } from '@tokenos/contracts/api/rental';
import { openEventStore } from '@tokenos/runtime/event-store/open';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fundBuyer } from '../demo/buyer.js';
import { auditFacts } from '../demo/ledger.js';
import { agentOf, awaitOffers, DEMO_OPERATORS, enrolOperator } from '../demo/operators.js';
import { usdcBalance } from '../client/wallet.js';
import type { ChosenStore } from '../platform/chosen-store.js';
import { startPlatform, type Platform } from '../platform/platform.js';
import { SERVICES } from '../platform/services.js';
import { faultsOf } from './figures.js';
import { askedOf, killsOf, type Asked, type Kill } from './plan.js';
import { moveIn, type Resident } from './residents.js';
import { rentOne, type Trade } from './traffic.js';
import { Watch } from './watch.js';

/**
 * Everything that must survive being killed. `agent` is one of the machines by turns; `nats-disk` is NATS, which then finds
 * nothing of what it had stored.
 */
export const VICTIMS: readonly string[] = [...SERVICES, 'agent', 'nats', 'nats-disk', 'postgres'];

export interface ChaosOptions {
  readonly store: ChosenStore;
  readonly seed: number;
  readonly victims: readonly string[];
  /** Deaths of each. */
  readonly moments: number;
  /** Rentals at least, also where nobody is killed. */
  readonly rentals: number;
  readonly clockFactor: number;
  /** The bus brings each fact twice, out of order, and every tenth never. */
  readonly unruly: boolean;
  readonly dataDir: string;
  readonly say: (who: string, what: string) => void;
}

export interface Death extends Kill {
  readonly underWay: string;
  /** Until the part said that it is ready; of a machine: until the buyer's ssh worked again. Wall time. */
  readonly backAfterMs: number;
}

export interface Rented {
  readonly index: number;
  /** Null where it did not come to its end. */
  readonly rental: RentalDetail | null;
  readonly faults: readonly string[];
}

export interface ChaosOutcome {
  readonly deaths: readonly Death[];
  readonly rented: readonly Rented[];
  readonly findings: readonly Finding[];
  /** What the treasury holds on the chain beyond what the facts say it keeps: 0 where all adds up. Micro-USDC. */
  readonly treasuryDifference: bigint;
}

interface Killing {
  readonly platform: Platform;
  readonly dataDir: string;
}

const WAIT_FOR_TRIGGER_MS = 20_000;
const NO_DISK_MS = 1_000;
const ONE_PRICE = '5.84';
/** More at once would only make a small machine slow. */
const AT_ONCE = 5;

export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const { dataDir, store, clockFactor, unruly, say } = options;
  const platform = await startPlatform({
    dataDir,
    ...store,
    clockFactor,
    environment: { gateway: { RATE_LIMIT_PER_MINUTE: '100000' } },
    onDeath: (part) => say(part, 'died'),
    ...(unruly && { inPlaceOf: { outbox: 'tools/dist/chaos/unruly-outbox.js' } }),
  });
  try {
    // At one price, so that it makes no difference who serves.
    const operators = DEMO_OPERATORS.map((plan) => ({ ...plan, hourlyPrice: ONE_PRICE }));
    await Promise.all(operators.map((plan) => enrolOperator(platform, dataDir, plan)));
    await awaitOffers(platform, operators.length);
    const [buyer] = await fundBuyer(platform, dataDir, { name: 'buyer', usdc: '10000', patienceMs: 60_000 });
    const trade = { platform, buyer };
    const residents = await Promise.all(operators.map((plan) => moveIn(trade, plan)));
    say('buyer', `lives on ${residents.length} machines`);
    const { deaths, rented } = await underFire(options, trade, residents);
    const left = await Promise.all(residents.map((resident) => resident.leave()));
    const homes = left.map((rental, n) => ({ index: -1 - n, rental, faults: faultsOf(rental, 'buyer_stopped') }));
    const { findings, totals } = await auditFacts(platform, { clockScale: clockFactor });
    const kept = totals.paidMicroUsdc - totals.operatorMicroUsdc - totals.refundedMicroUsdc;
    const treasuryDifference = (await usdcBalance(platform.chain.treasury.wallet, platform.chain)) - kept;
    return { deaths, rented: [...rented, ...homes], findings, treasuryDifference };
  } finally {
    await platform.stop();
  }
}

async function underFire(options: ChaosOptions, trade: Trade, residents: readonly Resident[]) {
  const { seed, victims, moments, rentals, say } = options;
  const store = await openEventStore(trade.platform.eventStoreUrl, { applicationName: 'chaos' });
  const watch = new Watch(store);
  const over = new AbortController();
  const watching = watch.run(over.signal);
  let isOver = false;
  const killing = { platform: trade.platform, dataDir: options.dataDir };
  const traffic = rentOn(trade, seed, say, (count) => !isOver || count < rentals);
  const deaths: Death[] = [];
  try {
    for (const kill of killsOf(seed, victims, moments)) {
      if (kill.after !== null) await watch.next(kill.after, WAIT_FOR_TRIGGER_MS);
      await sleep(kill.delayMs);
      const underWay = watch.underWay();
      const resident = residents[deaths.length % residents.length];
      if (resident === undefined) throw new Error('nobody lives here');
      const backAfterMs = await killed(killing, kill.victim, resident);
      deaths.push({ ...kill, underWay, backAfterMs });
      const when = kill.after === null ? 'at any moment' : `${kill.delayMs} ms after ${kill.after}`;
      say('chaos', `killed ${kill.victim} ${when}, under ${underWay}: back after ${Math.round(backAfterMs)} ms`);
    }
    isOver = true;
    return { deaths, rented: await traffic };
  } finally {
    over.abort();
    await watching;
    await store.close();
  }
}

/** Milliseconds until it was back. */
async function killed({ platform, dataDir }: Killing, victim: string, resident: Resident): Promise<number> {
  const from = performance.now();
  if (victim === 'agent') {
    await platform.part(agentOf(resident.operatorId)).kill();
    await resident.greet();
  } else if (victim === 'nats-disk') {
    const back = platform.part('nats').kill(NO_DISK_MS);
    await sleep(NO_DISK_MS / 2);
    await rm(join(dataDir, 'nats/jetstream'), { recursive: true, force: true });
    await back;
  } else await platform.part(victim).kill();
  return performance.now() - from;
}

const endOf = ({ stopAfterSeconds }: Asked) => (stopAfterSeconds === null ? 'term_elapsed' : 'buyer_stopped');

/** One rental after the other, some at once, while `wanted` of so many. */
async function rentOn(
  trade: Trade,
  seed: number,
  say: ChaosOptions['say'],
  wanted: (count: number) => boolean,
): Promise<readonly Rented[]> {
  const rented: Rented[] = [];
  let next = 0;
  const renter = async (): Promise<void> => {
    while (wanted(next)) {
      const index = next++;
      const asked = askedOf(seed, index);
      const one = await rentOne(trade, asked).then(
        (rental) => ({ index, rental, faults: faultsOf(rental, endOf(asked)) }),
        (error: unknown) => ({ index, rental: null, faults: [String(error)] }),
      );
      for (const fault of one.faults) say('FAULT', fault);
      rented.push(one);
    }
  };
  const renters = Array.from({ length: AT_ONCE }, async (_, n) => {
    // Staggered, so that one death hits many moments of a rental's life.
    await sleep(n * 2_000);
    await renter();
  });
  await Promise.all(renters);
  return rented.sort((a, b) => a.index - b.index);
}
