/** Metering in the simulation: its own duties, ear and reactions on its memory repositories. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { idOf } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { MINUTE, type Millis } from '@tokenos/domain/time';
import { meteringDuties } from '@tokenos/metering/duties/duties';
import { telemetryEar } from '@tokenos/metering/hear-telemetry';
import type { Parts } from '@tokenos/metering/parts';
import { reactions } from '@tokenos/metering/reactions';
import { memoryRepositories } from '@tokenos/metering/repositories/memory';
import { foldFact } from '@tokenos/metering/view/view';
import type { Span } from '../kernel/steady.js';
import { Evidence, type Archive } from './evidence.js';
import type { Ground } from './ground.js';
import type { Blueprint } from './service.js';

export interface Metering extends Blueprint {
  readonly heartbeatsPassedOver: (heartbeat: Heartbeat, span: Span) => void;
  readonly probesPassedOver: (result: ProbeResult, span: Span) => void;
}

export function metering({ timeline }: Ground, archive: Archive | null): Metering {
  const kept = memoryRepositories();
  const startedAt = new Map<string, Millis>();
  const now = (): Millis => timeline.now();
  const evidence = new Evidence(kept.ledger, now, archive);

  return {
    name: 'metering',
    categories: ['rental', 'node'],
    reactions,
    async apply(envelope) {
      if (envelope.type === 'RentalStarted.v1') {
        const fact = rentalStream.decode(envelope);
        if (fact.type === 'RentalStarted') startedAt.set(idOf(envelope.stream), fact.data.startedAt);
      }
      await foldFact(kept, envelope);
    },
    // An hour that is metered disturbs no machine.
    rhythms: { tick: MINUTE, meter: null },
    open({ process, act, caughtUp }) {
      const parts: Parts = {
        ledger: process.through(evidence.ledger),
        nodeKeys: process.through(kept.nodeKeys),
        act,
        clock: timeline,
        caughtUp,
        publish: () => undefined,
      };
      const ear = telemetryEar(parts);
      return { duties: meteringDuties(parts), hears: (message) => ear(message.payload, message) };
    },

    probesPassedOver: (result, span) => evidence.passProbes(result, span),
    heartbeatsPassedOver(heartbeat, span) {
      for (const { rentalId, state } of heartbeat.leases) {
        const started = startedAt.get(rentalId);
        if (state === 'ready' && started !== undefined) evidence.passHeartbeats(rentalId, started, heartbeat, span);
      }
    },
  };
}
