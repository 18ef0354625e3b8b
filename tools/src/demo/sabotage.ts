/** Breaking a rule on purpose, as a rogue with the database password would: facts that no decider let through, chained correctly. */

import { seal } from '@tokenos/contracts/envelope/seal';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { fold } from '@tokenos/domain/decider';
import { sum, ZERO } from '@tokenos/domain/money';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { runOf } from '@tokenos/domain/rental/state';
import { costOf, nextMinute } from '@tokenos/domain/rental/usage';
import { openEventStore } from '@tokenos/runtime/event-store/open';
import { scaledClock } from '@tokenos/runtime/clock';
import { randomIds } from '@tokenos/runtime/ids';
import { waitFor } from '../client/wait.js';
import type { Platform } from '../platform/platform.js';

export const SABOTAGES = ['double-bill', 'skip-refund'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

/** The first minute once more: the meter will go on behind it, and the buyer really is charged for it twice. */
export async function meterMinuteTwice(platform: Platform, rentalId: string): Promise<void> {
  await forge(platform, rentalId, 'metering', (facts) => {
    const run = runOf(stateOf(facts));
    if (run === null || nextMinute(run) !== 0) throw new Error('double-bill wants a rental with no metered minute yet');
    const { attempt } = run.placement;
    const minute: RentalFact = {
      type: 'UsageMetered',
      data: { firstMinute: 0, bitmap: '1', attempt, evidenceSha256: '0'.repeat(64) },
    };
    return [minute, minute];
  });
}

/** With settlement stopped: the books are closed as if the buyer had used everything up. */
export async function finishWithoutRefund(platform: Platform, rentalId: string): Promise<void> {
  await waitFor('the meter to close', 30_000, async () => {
    const facts = await readFacts(platform, rentalId);
    return facts.some(({ type }) => type === 'MeterClosed') ? true : undefined;
  });
  await forge(platform, rentalId, 'settlement', (facts) => {
    const state = stateOf(facts);
    if (state.status === 'absent') throw new Error('skip-refund wants a rental');
    const charged = costOf(state.rental, runOf(state));
    const paid = sum(state.rental.payments.map((payment) => payment.amountMicroUsdc));
    const totals = { paidMicroUsdc: paid, chargedMicroUsdc: charged, feeMicroUsdc: charged };
    const none = { operatorMicroUsdc: ZERO, refundedMicroUsdc: ZERO };
    return [{ type: 'RentalSettled', data: { ...totals, ...none } }];
  });
}

const stateOf = (facts: readonly RentalFact[]) => fold(rentalStream.decider, facts);

async function readFacts(platform: Platform, rentalId: string): Promise<RentalFact[]> {
  const store = await openEventStore(platform.eventStoreUrl, { applicationName: 'saboteur' });
  try {
    return (await store.read(`rental-${rentalId}`)).map(rentalStream.decode);
  } finally {
    await store.close();
  }
}

async function forge(
  platform: Platform,
  rentalId: string,
  by: string,
  facts: (before: readonly RentalFact[]) => readonly RentalFact[],
): Promise<void> {
  const store = await openEventStore(platform.eventStoreUrl, { applicationName: 'saboteur' });
  try {
    const stream = `rental-${rentalId}`;
    const before = await store.read(stream);
    const head = before.at(-1);
    if (head === undefined) throw new Error(`${stream} is empty`);
    const forged: Envelope[] = [];
    const at = new Date(scaledClock(platform.clock).now()).toISOString();
    for (const fact of facts(before.map(rentalStream.decode))) {
      const { correlationId } = head;
      const unsealed = { id: randomIds.next(), stream, at, by, correlationId, causationId: head.id };
      forged.push(seal(forged.at(-1) ?? head, { ...unsealed, ...rentalStream.encode(fact) }));
    }
    await store.append(stream, head.revision, forged);
  } finally {
    await store.close();
  }
}
