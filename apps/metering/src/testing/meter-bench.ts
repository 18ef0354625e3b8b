/** One running rental of 150 minutes, its meter on a real Postgres, and evidence written down as telemetry would be. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact, UsageMetered } from '@tokenos/domain/rental/facts';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { uuid } from '@tokenos/testing/generators/names';
import { placed, received, RENTAL, requestedWith, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import { interrupted, resumed, returned } from '@tokenos/testing/generators/sample-course';
import { movableClock, openWorkbench } from '@tokenos/testing/service/workbench';
import { meter } from '../duties/meter.js';
import type { Parts } from '../parts.js';
import type { Message } from '../repositories/port.js';
import { postgresRepositories } from '../repositories/postgres.js';
import { meteringService } from '../service.js';
import type { MeteringTables } from '../view/tables.js';

/** Of the sample rental's attempts, each on a machine of its own. */
const nodeOf = (attempt: number): string => uuid('c', attempt);

export const dutyOf = (key: string): Duty => ({ kind: 'any', key, dueAt: 0, attempts: 0, payload: null });
export const minute = (index: number): Millis => STARTED_AT + index * MINUTE;
export const iso = (at: Millis): string => new Date(at).toISOString();

export const heartbeat = (at: Millis, rentalId = RENTAL, attempt = 1): Heartbeat => ({
  ...{
    protocol: 1,
    nodeId: nodeOf(attempt),
    seq: 1,
    bootId: uuid('e', 1),
    sentAt: iso(at),
    signature: 'checked already',
  },
  gpus: [{ uuid: `GPU-${attempt}`, model: 'NVIDIA H100', healthy: true }],
  leases: [
    {
      ...{ rentalId, attempt, revision: 4, state: 'ready', gpuUuids: [`GPU-${attempt}`] },
      ...{ sessions: 1, since: iso(STARTED_AT), detail: 'a NUL \u0000 among friends' },
    },
  ],
});
export const probe = (at: Millis, succeeded = true, rentalId = RENTAL, attempt = 1): ProbeResult => ({
  ...{ nodeId: nodeOf(attempt), rentalId, attempt, beganAt: iso(at), succeeded },
  detail: null,
});

const started = { attempt: 1, startedAt: STARTED_AT, endsAt: minute(150) };
/** From the request to the start. */
export const LIFE: readonly RentalFact[] = [
  requestedWith({ minutes: 150 }),
  received(),
  placed(),
  { type: 'RentalStarted', data: started },
];

/** Its machine is lost in minute 70, another one has it in minute 71, and its buyer is back in it in minute 75. */
export const FAILOVER: readonly RentalFact[] = [
  interrupted(1, minute(70) + 20 * SECOND),
  placed(2),
  resumed(2, minute(71) + 10 * SECOND),
  returned(2, minute(75) + SECOND),
];

export type MeterBench = Awaited<ReturnType<typeof openMeterBench>>;

export async function openMeterBench(url: string) {
  const clock = movableClock(STARTED_AT);
  const { name, follows } = meteringService;
  const bench = await openWorkbench<MeteringTables>(url, { name, follows, clock });
  const { db, act } = bench;
  const published: { subject: string; value: unknown }[] = [];
  const publish: Parts['publish'] = (subject, value) => void published.push({ subject, value });
  const parts: Parts = { ...postgresRepositories(db), act, clock, caughtUp: async () => true, publish };
  await bench.tell(rentalStream, RENTAL, ...LIFE);

  let sequence = 0;
  const write = (id: string, at: Millis, message: Message) =>
    parts.ledger.write([id], { sequence: ++sequence, at }, message);
  const beat = (at: Millis, id = RENTAL, attempt = 1) =>
    write(id, at, { kind: 'heartbeat', message: heartbeat(at, id, attempt) });
  const probed = (at: Millis, succeeded = true, id = RENTAL, attempt = 1) =>
    write(id, at, { kind: 'probe', message: probe(at, succeeded, id, attempt) });
  const facts = (id = RENTAL) => bench.factsOf(rentalStream, id);
  return {
    ...{ clock, bench, parts, published, beat, probed, facts },
    /** Minutes [from, to) with all the evidence they need: a heartbeat each, and a probe every other minute. */
    async serve(from: number, to: number, id = RENTAL, attempt = 1): Promise<void> {
      for (let index = from; index < to; index++) {
        await beat(minute(index) + 5 * SECOND, id, attempt);
        if ((index - from) % 2 === 0) await probed(minute(index), true, id, attempt);
      }
    },
    tell: (...told: RentalFact[]) => bench.tell(rentalStream, RENTAL, ...told),
    metered: async (id = RENTAL): Promise<UsageMetered[]> =>
      (await facts(id)).flatMap((fact) => (fact.type === 'UsageMetered' ? [fact.data] : [])),
    proofs: () => db.selectFrom('proofs').selectAll().orderBy('first_minute').execute(),
    evidenceLeft: async () => (await db.selectFrom('evidence').select('at').execute()).length,
    /** As the worker does: again and again, until it is to wait or done. */
    async run(with_: Parts = parts, id = RENTAL): Promise<DutyOutcome> {
      for (let looks = 0; looks < 20; looks++) {
        const outcome = await meter(with_, dutyOf(id));
        if (outcome === 'done' || outcome.again > clock.now()) return outcome;
      }
      throw new Error('the meter does not come to rest');
    },
  };
}
