/** Reputation in the simulation: its own duties and reactions on its memory records. */

import { reputationDuties } from '@tokenos/reputation/duties/duties';
import type { Parts } from '@tokenos/reputation/parts';
import { reactions } from '@tokenos/reputation/reactions';
import { memoryRecords } from '@tokenos/reputation/repositories/memory';
import { CATEGORIES, foldFact } from '@tokenos/reputation/view/view';
import type { Ground } from './ground.js';
import type { Blueprint } from './service.js';

export function reputation({ timeline }: Ground): Blueprint {
  const kept = memoryRecords();
  return {
    name: 'reputation',
    categories: CATEGORIES,
    reactions,
    apply: (envelope) => foldFact(kept, envelope),
    open({ process, act, read, catchUp }) {
      const parts: Parts = { records: process.through(kept), act, read, clock: timeline, catchUp };
      return { duties: reputationDuties(parts) };
    },
  };
}
