/** Settlement in the simulation: its own duties and reactions on its memory repositories, and a chain that keeps book. */

import type { DutyChange } from '@tokenos/runtime/views/duty';
import { DAY, SECOND } from '@tokenos/domain/time';
import { anchorDue } from '@tokenos/settlement/anchors/begin';
import { scansDue, settlementDuties } from '@tokenos/settlement/duties';
import type { Parts } from '@tokenos/settlement/parts';
import { reactions } from '@tokenos/settlement/reactions';
import { memoryRepositories } from '@tokenos/settlement/repositories/memory';
import { foldFact } from '@tokenos/settlement/view/view';
import type { Chain } from '../world/chain.js';
import type { Ground } from './ground.js';
import type { Blueprint } from './service.js';

/** How often the treasury is scanned, as settlement has it: a scan that finds nothing asks for this pause. */
const SCAN_EVERY = 10 * SECOND;

export function settlement({ timeline, ids }: Ground, chain: Chain): Blueprint {
  const kept = memoryRepositories();
  const due = (): readonly DutyChange[] => [...scansDue(timeline.now()), anchorDue(timeline.now())];
  return {
    name: 'settlement',
    categories: ['rental', 'payment', 'operator', 'anchor'],
    reactions,
    apply: (envelope) => foldFact(kept, envelope),
    rhythms: { scan: SCAN_EVERY, scan_foreign: SCAN_EVERY },
    open({ process, act, readAll, signals, catchUp }) {
      const parts: Parts = {
        quotes: process.through(kept.quotes),
        wallets: process.through(kept.wallets),
        scans: process.through(kept.scans),
        heads: process.through(kept.heads),
        store: { readAll },
        chain: { ...chain.port(), ...process.through(chain.port()) },
        act,
        clock: timeline,
        ids,
        signals,
        returnUnmatchedAfter: DAY,
        catchUp,
      };
      return { duties: settlementDuties(parts), due: due() };
    },
  };
}
