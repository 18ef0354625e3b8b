/** What settlement's duties stand on, in memory: real deciders on a real store, a scripted chain, a clock that stands still unless it is told. */

import { seal } from '@tokenos/contracts/envelope/seal';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { Millis } from '@tokenos/domain/time';
import { memoryEventStore } from '@tokenos/runtime/event-store/memory';
import { createHandler } from '@tokenos/runtime/handle';
import { randomIds } from '@tokenos/runtime/ids';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { recordedSignals, type RecordedSignals } from '@tokenos/testing/bus/signals';
import { RENTAL, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import type { Parts } from '../parts.js';
import { memoryRepositories } from '../repositories/memory.js';
import { ScriptedChain } from './scripted-chain.js';

export interface Desk {
  readonly parts: Parts;
  readonly chain: ScriptedChain;
  readonly signals: RecordedSignals;
  /** Moves the clock on. */
  pass(duration: Millis): void;
  /** Tells the sample rental. */
  tell(...commands: readonly RentalCommand[]): Promise<void>;
  envelopes(): Promise<readonly Envelope[]>;
  typesOf(stream: string): Promise<readonly string[]>;
}

/** Epoch milliseconds at which the desk's clock stands at first. */
export const NOW = STARTED_AT;

export function openDesk(): Desk {
  const store = memoryEventStore();
  let time = NOW;
  const clock = { now: () => time, fromWall: (ms: number) => ms, toWallDuration: (ms: number) => ms };
  const chain = new ScriptedChain();
  const signals = recordedSignals();
  const act = createHandler({ store, clock, ids: randomIds, by: 'settlement', seal });
  const parts: Parts = {
    ...memoryRepositories(),
    act,
    store,
    clock,
    ids: randomIds,
    chain,
    signals,
    returnUnmatchedAfter: 0,
    catchUp: async () => undefined,
  };
  return {
    parts,
    chain,
    signals,
    pass(duration) {
      time += duration;
    },
    async tell(...commands) {
      for (const command of commands) {
        const told = await act.handle(rentalStream, RENTAL, () => command);
        expect(told).toMatchObject({ kind: 'accepted' });
      }
    },
    envelopes: async () => (await store.readAll(null, 10_000)).map(({ envelope }) => envelope),
    typesOf: async (stream) => (await store.read(stream)).map(({ type }) => type.replace('.v1', '')),
  };
}

export const duty = (kind: string, key: string, payload: Duty['payload'] = null): Duty => ({
  kind,
  key,
  dueAt: NOW,
  attempts: 0,
  payload,
});

/** What the worker does with a duty, without the waiting: until it is done, or nothing moves any more. */
export async function untilDone(run: () => Promise<DutyOutcome>, mostRuns = 20): Promise<DutyOutcome> {
  let outcome = await run();
  for (let runs = 1; outcome !== 'done' && runs < mostRuns; runs++) outcome = await run();
  return outcome;
}
