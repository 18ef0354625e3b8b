/** What is idle where, on a real Postgres. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { placed, received, RENTAL, requested, T0 } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { movableClock, openWorkbench } from '@tokenos/testing/service/workbench';
import type { Presence } from '../agents/presence.js';
import { CATEGORIES, gatewayView } from './view.js';
import { Machines } from './machines.js';
import { Reputations } from './reputations.js';
import type { GatewayTables } from './tables.js';

const postgres = withPostgres();

describe('machines', () => {
  it('that name a GPU alike do not occupy it for each other', async () => {
    const clock = movableClock(T0);
    const follows = { categories: CATEGORIES, view: gatewayView, reactions: () => [] };
    const bench = await openWorkbench<GatewayTables>(await postgres.freshDatabase(), {
      name: 'gateway',
      follows,
      clock,
    });
    try {
      for (const nodeId of [uuid('c', 1), uuid('c', 2)]) {
        await bench.tell(nodeStream, nodeId, { type: 'NodeEnrolled', data: { ...enrolment, nodeId } });
      }
      await bench.tell(rentalStream, RENTAL, requested, received(), placed());
      const machines = new Machines(
        bench.db,
        clock,
        { isOnline: () => true } as Partial<Presence> as Presence,
        new Reputations(bench.db),
      );
      const idle = (await machines.list()).map(({ node, idleGpus }) => [node.node_id, idleGpus]);
      expect(idle).toEqual([
        [uuid('c', 1), 1],
        [uuid('c', 2), 2],
      ]);
    } finally {
      await bench.close();
    }
  });
});
