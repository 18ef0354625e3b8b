/** Reputation alone in one process: its own fold, reactions and duties on memory adapters, under a clock that the spec moves. */

import { categoryOf } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream, operatorStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import { dayOf, dayStart } from '@tokenos/domain/day';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { OperatorFact, ReputationRecomputed } from '@tokenos/domain/operator/operator';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { DAY, MINUTE, type Millis } from '@tokenos/domain/time';
import { memoryEventStore } from '@tokenos/runtime/event-store/memory';
import { createHandler } from '@tokenos/runtime/handle';
import { randomIds } from '@tokenos/runtime/ids';
import type { Duty, DutyChange } from '@tokenos/runtime/views/duty';
import { address } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { movableClock } from '@tokenos/testing/service/workbench';
import { reputationDuties } from '../duties/duties.js';
import type { Parts } from '../parts.js';
import { reactions } from '../reactions.js';
import { memoryRecords } from '../repositories/memory.js';
import { CATEGORIES, foldFact } from '../view/view.js';

export type SmallWorld = ReturnType<typeof smallWorld>;

const dutyOf = (kind: string, key: string, dueAt: Millis): Duty => ({ kind, key, dueAt, attempts: 0, payload: null });

export function smallWorld(startsAt: Millis) {
  const clock = movableClock(startsAt);
  const store = memoryEventStore();
  const records = memoryRecords();
  const due = new Map<string, Duty>();
  let position: string | null = null;

  const catchUp = async (): Promise<void> => {
    for (const { envelope, position: at } of await store.readAll(position, 1_000_000)) {
      position = at;
      if (!CATEGORIES.includes(categoryOf(envelope.stream))) continue;
      await foldFact(records, envelope);
      for (const change of reactions(envelope)) apply(change);
    }
  };
  const apply = (change: DutyChange): void => {
    const name = `${change.kind} ${change.key}`;
    if (change.do === 'cancel') due.delete(name);
    else due.set(name, dutyOf(change.kind, change.key, change.dueAt));
  };
  const act = createHandler({ store, clock, ids: randomIds, by: 'reputation', seal });
  const parts: Parts = { records, act, read: (stream) => store.read(stream), clock, catchUp };

  const tell = <State, Command, Fact>(kind: StreamKind<State, Command, Fact>, id: string, ...facts: Fact[]) =>
    appendFacts(store, kind, id, facts, clock.now());

  return {
    ...{ clock, store, parts },
    tellRental: (id: string, ...facts: RentalFact[]) => tell(rentalStream, id, ...facts),
    tellNode: (id: string, ...facts: NodeFact[]) => tell(nodeStream, id, ...facts),
    tellOperator: (id: string, ...facts: OperatorFact[]) => tell(operatorStream, id, ...facts),
    async register(operatorId: string, nodeId: string): Promise<void> {
      await tell(operatorStream, operatorId, {
        type: 'OperatorRegistered',
        data: { operatorId, wallet: address('Worker') },
      });
      await tell(nodeStream, nodeId, { type: 'NodeEnrolled', data: { ...enrolment, nodeId, operatorId } });
    },
    /** Metering's word on yesterday, a minute after midnight. */
    async uptimeOfYesterday(nodeId: string, servedMinutes: number): Promise<void> {
      const midnight = dayStart(dayOf(clock.now()));
      clock.time = Math.max(clock.time, midnight + MINUTE);
      await tell(nodeStream, nodeId, {
        type: 'NodeUptimeRecorded',
        data: {
          ...{ rules: 'uptime@1', day: dayOf(midnight - DAY) },
          ...{ expectedMinutes: 1_440, servedMinutes, platformFaultMinutes: 0 },
        },
      });
    },
    /** As the service does when it has just started, and each second from then on: all that is due, until nothing is. */
    async work(with_: Parts = parts): Promise<void> {
      await with_.catchUp();
      for (;;) {
        const duty = [...due.values()].find(({ dueAt }) => dueAt <= clock.now());
        if (duty === undefined) return;
        const name = `${duty.kind} ${duty.key}`;
        const outcome = await reputationDuties(with_)[duty.kind as 'note' | 'recompute'](duty);
        // Scheduled anew meanwhile, it stays.
        if (due.get(name) === duty) {
          if (outcome === 'done') due.delete(name);
          else due.set(name, { ...duty, dueAt: outcome.again });
        }
        await with_.catchUp();
      }
    },
    async scores(operatorId: string): Promise<readonly ReputationRecomputed[]> {
      const facts = (await store.read(`operator-${operatorId}`)).map(operatorStream.decode);
      return facts.flatMap((fact) => (fact.type === 'ReputationRecomputed' ? [fact.data] : []));
    },
  };
}
