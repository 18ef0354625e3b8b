/** Preemption in the simulation: its own duties, ears and reactions on its memory stores. */

import { preemptionDuties } from '@tokenos/preemption/duties/duties';
import { heardHeartbeat, heardShortage } from '@tokenos/preemption/hear';
import { Machines } from '@tokenos/preemption/machines';
import { memoryStores } from '@tokenos/preemption/memory/stores';
import type { Parts } from '@tokenos/preemption/parts';
import { reactions } from '@tokenos/preemption/reactions';
import type { Ground } from './ground.js';
import type { Blueprint } from './service.js';

export function preemption({ timeline }: Ground): Blueprint {
  const { apply, ...stores } = memoryStores();
  return {
    name: 'preemption',
    categories: ['rental', 'node', 'operator'],
    reactions,
    apply,
    open({ process, act, enqueue }) {
      const parts: Parts = {
        fleet: process.through(stores.fleet),
        planBook: process.through(stores.planBook),
        act,
        queue: { enqueue },
        clock: timeline,
        machines: new Machines(timeline),
      };
      return {
        duties: preemptionDuties(parts),
        hears: async ({ subject, payload, busTimeMs }) => {
          if (subject.endsWith('.heartbeat')) await heardHeartbeat(parts, payload, { subject, busTimeMs });
        },
        overhears: async (subject) => {
          if (subject.startsWith('shortage.')) await heardShortage(parts, { subject });
        },
      };
    },
  };
}
