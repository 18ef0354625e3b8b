/** Preemption's stores in memory, for the simulation: they keep what those on Postgres keep, for as long as the process lives. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import type { Stores } from '../ports/stores.js';
import { foldFact } from '../view/fold.js';
import { memoryFleet } from './fleet.js';
import { memoryPlanBook } from './plan-book.js';

export interface MemoryStores extends Stores {
  /** Folds a fact into the fleet; the caller keeps each stream's order, each revision once. */
  apply(envelope: Envelope): Promise<void>;
}

export function memoryStores(): MemoryStores {
  const fleet = memoryFleet();
  return { fleet, planBook: memoryPlanBook(fleet), apply: (envelope) => foldFact(fleet, envelope) };
}
