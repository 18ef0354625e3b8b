/** Uptime from heartbeats to facts, on memory adapters: who counts as there, and one fact per machine and day. */

import { CANARY_NODE_ID } from '@tokenos/contracts/agent/canary';
import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import { encodeNodeKey, signMessage } from '@tokenos/contracts/agent/signature';
import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream } from '@tokenos/contracts/facts/streams';
import { telemetryHeartbeat } from '@tokenos/contracts/subjects';
import { addDays, dayStart } from '@tokenos/domain/day';
import type { NodeFact } from '@tokenos/domain/node/node';
import { DAY, HOUR, MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import { memoryEventStore } from '@tokenos/runtime/event-store/memory';
import { createHandler } from '@tokenos/runtime/handle';
import { randomIds } from '@tokenos/runtime/ids';
import type { DutyOutcome } from '@tokenos/runtime/views/duty';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { movableClock } from '@tokenos/testing/service/workbench';
import { generateKeyPairSync } from 'node:crypto';
import { memoryRepositories } from '../repositories/memory.js';
import { minuteOf } from './attendance.js';
import { attendanceEar } from './hear.js';
import { memoryAttendance } from './memory.js';
import { uptimeReactions } from './reactions.js';
import { uptimeDuties } from './record.js';

const TODAY = '2026-11-25';
const MIDNIGHT = dayStart(TODAY);
const NODE = uuid('c', 1);
const keys = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');

function world() {
  const clock = movableClock(MIDNIGHT);
  const store = memoryEventStore();
  const attendance = memoryAttendance();
  const { nodeKeys } = memoryRepositories();
  const act = createHandler({ store, clock, ids: randomIds, by: 'metering', seal });
  let isCaughtUp = true;
  const read = (stream: string) => store.read(stream);
  const parts = { act, clock, attendance, nodeKeys, read, caughtUp: async () => isCaughtUp };
  const ear = attendanceEar(parts);
  const duty = { kind: 'uptime', key: NODE, dueAt: 0, attempts: 0, payload: null };
  return {
    ...{ clock, attendance, store },
    tell: (at: Millis, ...facts: NodeFact[]) => appendFacts(store, nodeStream, NODE, facts, at),
    lag: () => (isCaughtUp = false),
    heard: (at: Millis, change: Partial<Heartbeat> = {}, key = keys.privateKey, subject = telemetryHeartbeat(NODE)) => {
      const body: Omit<Heartbeat, 'signature'> = {
        ...{ protocol: 1, nodeId: NODE, seq: 1, bootId: uuid('e', 1), sentAt: new Date(at).toISOString() },
        gpus: [{ uuid: 'GPU-1', model: 'NVIDIA H100', healthy: true }],
        leases: [],
        ...change,
      };
      return ear(signMessage(body, key), { subject, sequence: 1, busTimeMs: at });
    },
    there: () => attendance.minutes(NODE, minuteOf(MIDNIGHT), minuteOf(MIDNIGHT + DAY)),
    anyone: () => attendance.minutes('', minuteOf(MIDNIGHT), minuteOf(MIDNIGHT + DAY)),
    record: (): Promise<DutyOutcome> => uptimeDuties(parts).uptime(duty),
    recorded: async () =>
      (await store.read(`node-${NODE}`))
        .map(nodeStream.decode)
        .flatMap((fact) => (fact.type === 'NodeUptimeRecorded' ? [fact.data] : [])),
  };
}

const enrolled: NodeFact = { type: 'NodeEnrolled', data: { ...enrolment, nodeKey: encodeNodeKey(keys.publicKey) } };
const verified: NodeFact = { type: 'NodeVerified', data: { hostKey: enrolment.hostKey } };

describe('a heartbeat', () => {
  it('notes its machine and anyone for the minute in which the bus had it', async () => {
    const w = world();
    await w.tell(MIDNIGHT, enrolled);
    for (const at of [5 * SECOND, 10 * SECOND, 65 * SECOND]) await w.heard(MIDNIGHT + at);
    expect((await w.there()).size).toBe(2);
    expect(await w.anyone()).toEqual(await w.there());
  });

  it('of a machine with a broken GPU says that the platform listens, and not that it is there', async () => {
    const w = world();
    await w.tell(MIDNIGHT, enrolled);
    await w.heard(MIDNIGHT, { gpus: [{ uuid: 'GPU-1', model: 'NVIDIA H100', healthy: false }] });
    expect([(await w.there()).size, (await w.anyone()).size]).toEqual([0, 1]);
    await w.heard(MIDNIGHT + SECOND);
    expect((await w.there()).size).toBe(1);
  });

  it('of the canary, which is no machine, is nobody’s and no fault', async () => {
    const w = world();
    await w.heard(MIDNIGHT, { nodeId: CANARY_NODE_ID }, stranger.privateKey, telemetryHeartbeat(CANARY_NODE_ID));
    expect((await w.anyone()).size).toBe(0);
  });

  it.each([
    ['signed by another key', {}, stranger.privateKey, telemetryHeartbeat(NODE)],
    ['under another name', {}, keys.privateKey, telemetryHeartbeat(uuid('c', 2))],
    ['of a machine that never enrolled', { nodeId: uuid('c', 2) }, keys.privateKey, telemetryHeartbeat(uuid('c', 2))],
    ['of another protocol', { protocol: 2 as 1 }, keys.privateKey, telemetryHeartbeat(NODE)],
  ])('%s notes nobody', async (_, change, key, subject) => {
    const w = world();
    await w.tell(MIDNIGHT, enrolled);
    await expect(w.heard(MIDNIGHT, change, key, subject)).rejects.toThrow();
    expect((await w.anyone()).size).toBe(0);
  });
});

describe('the uptime of a machine', () => {
  it('is recorded once a day, a minute into the next, from who was heard', async () => {
    const w = world();
    await w.tell(MIDNIGHT + HOUR, enrolled, verified);
    for (let minute = 60; minute < 90; minute++) await w.attendance.note(['', NODE], minuteOf(MIDNIGHT) + minute);
    for (let minute = 90; minute < 100; minute++) await w.attendance.note([''], minuteOf(MIDNIGHT) + minute);
    w.clock.time = MIDNIGHT + DAY + MINUTE - 1;
    expect(await w.record()).toEqual({ again: MIDNIGHT + DAY + MINUTE });
    w.clock.time += 1;
    for (let times = 1; times <= 2; times++) await w.record();
    const today = { rules: 'uptime@1', day: TODAY, expectedMinutes: 1_380, servedMinutes: 30 };
    expect(await w.recorded()).toEqual([{ ...today, platformFaultMinutes: 1_340 }]);
  });

  it('waits for what the bus still holds', async () => {
    const w = world();
    await w.tell(MIDNIGHT, enrolled, verified);
    w.clock.time = MIDNIGHT + DAY + MINUTE;
    w.lag();
    expect(await w.record()).toEqual({ again: MIDNIGHT + DAY + MINUTE + SECOND });
    expect(await w.recorded()).toEqual([]);
  });

  it('is made up for day by day, in order, and ends with the day of the retirement', async () => {
    const w = world();
    await w.tell(MIDNIGHT, enrolled, verified);
    await w.tell(MIDNIGHT + DAY + HOUR, { type: 'NodeRetired', data: {} });
    w.clock.time = MIDNIGHT + 5 * DAY;
    for (let times = 1; times <= 4; times++) expect(await w.record()).toBe('done');
    expect((await w.recorded()).map(({ day, expectedMinutes }) => [day, expectedMinutes])).toEqual([
      [TODAY, 1_440],
      [addDays(TODAY, 1), 60],
    ]);
  });

  it('is due after each day: made so by the verification, and by each record', async () => {
    const w = world();
    const told = await w.tell(MIDNIGHT + HOUR, enrolled, verified, {
      type: 'NodeUptimeRecorded',
      data: { rules: 'uptime@1', day: TODAY, expectedMinutes: 1, servedMinutes: 1, platformFaultMinutes: 0 },
    });
    const due = (dueAt: Millis) => [{ do: 'schedule', kind: 'uptime', key: NODE, dueAt }];
    expect(told.map(uptimeReactions)).toEqual([[], due(MIDNIGHT + DAY + MINUTE), due(MIDNIGHT + 2 * DAY + MINUTE)]);
  });
});
