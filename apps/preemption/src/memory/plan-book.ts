/** The book of plans in memory: who plans waits for whoever is at it, and what was recorded is kept only if the work did not throw. */

import type { Desk, Plan, PlanBook } from '../ports/plan-book.js';
import type { MemoryFleet } from './fleet.js';

export function memoryPlanBook(fleet: MemoryFleet): PlanBook {
  const kept: Plan[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  async function planAlone<T>(work: (desk: Desk) => Promise<T>): Promise<T> {
    const recorded: Plan[] = [];
    const done = await work(deskOf(fleet, kept, recorded));
    kept.push(...recorded);
    return done;
  }
  return {
    planning(work) {
      const mine = turn.then(() => planAlone(work));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}

const victimsIn = (plans: readonly Plan[]): Set<string> =>
  new Set(plans.flatMap(({ victims }) => victims.map(({ rentalId }) => rentalId)));

const deskOf = (fleet: MemoryFleet, kept: readonly Plan[], recorded: Plan[]): Desk => ({
  fleet,
  plan: async (beneficiaryId, attempt) =>
    kept.find((plan) => plan.beneficiaryId === beneficiaryId && plan.attempt === attempt) ?? null,
  spokenFor: async () =>
    kept
      .filter(({ beneficiaryId, attempt }) => {
        const isMade = fleet.attempts(beneficiaryId).some((made) => made >= attempt);
        return !isMade && !fleet.isClosed(beneficiaryId);
      })
      .sort((a, b) =>
        a.beneficiaryId === b.beneficiaryId ? a.attempt - b.attempt : a.beneficiaryId < b.beneficiaryId ? -1 : 1,
      )
      .flatMap(({ nodeId, gpuUuids }) => gpuUuids.map((gpuUuid) => ({ nodeId, gpuUuid }))),
  victims: async () => victimsIn(kept),
  async record(plan) {
    const known = victimsIn([...kept, ...recorded]);
    const twice = plan.victims.find(({ rentalId }) => known.has(rentalId));
    if (twice !== undefined) throw new Error(`${twice.rentalId} was asked to yield before`);
    recorded.push(plan);
  },
});
