/** Allocation in the simulation: its own duties and reactions on its memory stores; machines are probed where they stand. */

import { allocationDuties } from '@tokenos/allocation/duties/duties';
import { heard } from '@tokenos/allocation/hear';
import { Liveness } from '@tokenos/allocation/liveness';
import { memoryStores } from '@tokenos/allocation/memory/stores';
import type { Parts } from '@tokenos/allocation/parts';
import { PROBE_EVERY, reactions } from '@tokenos/allocation/reactions';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { telemetryProbe } from '@tokenos/contracts/subjects';
import type { Span } from '../kernel/steady.js';
import type { Machine } from '../world/machine.js';
import type { Bus } from './bus.js';
import type { Ground } from './ground.js';
import type { Blueprint } from './service.js';

export interface AllocationWorld {
  readonly bus: Bus;
  readonly machine: (nodeId: string) => Machine | undefined;
  readonly hostKey: string;
  /** These probes were passed over: each would have found the same as this one. */
  readonly probesPassedOver: (result: ProbeResult, span: Span) => void;
}

export function allocation({ timeline }: Ground, world: AllocationWorld): Blueprint {
  let keys = 0;
  const { apply, ...stores } = memoryStores(() => ({ publicKey: `public ${++keys}`, privateKey: `private ${keys}` }));
  const lastProbe = new Map<string, ProbeResult>();

  return {
    name: 'allocation',
    categories: ['rental', 'node', 'operator'],
    reactions,
    apply,
    rhythms: { probe: PROBE_EVERY },
    passedOver({ key }, span) {
      const last = lastProbe.get(key);
      if (last?.succeeded === true) world.probesPassedOver(last, span);
    },
    open({ process, act, enqueue }) {
      const parts: Parts = {
        fleet: process.through(stores.fleet),
        gpuLock: process.through(stores.gpuLock),
        probeKeys: process.through(stores.probeKeys),
        act,
        queue: { enqueue },
        clock: timeline,
        liveness: new Liveness(timeline),
        desired: process.through(world.bus.desired),
        probe: process.step(async (target) => world.machine(target.nodeId)?.probe(target) ?? null),
        readHostKey: async () => world.hostKey,
        publishStored: process.step(async (subject, value) => {
          const result = value as ProbeResult;
          if (subject === telemetryProbe(result.nodeId)) lastProbe.set(result.rentalId, result);
          world.bus.telemetry(subject, value, { quietly: true });
        }),
        publish: (subject) => world.bus.publish(subject),
        // The markets here are small: every GPU is for sale.
        spotReserve: 0,
      };
      return {
        duties: allocationDuties(parts),
        hears: async ({ subject, payload, busTimeMs }) => {
          if (subject.endsWith('.heartbeat')) await heard(parts, payload, { subject, busTimeMs });
        },
      };
    },
  };
}
