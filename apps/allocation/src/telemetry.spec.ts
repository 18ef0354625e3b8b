/** What allocation does about what a machine says, and what it leaves alone. */

import type { Heartbeat, LeaseReport } from '@tokenos/contracts/agent/protocol';
import { uuid } from '@tokenos/testing/generators/names';
import { RENTAL, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import { dutiesOfHeartbeat, type KnownNode } from './telemetry.js';
import type { LeasePhase } from './ports/fleet.js';

const NODE = uuid('c', 1);
const SINCE = '2026-11-23T09:00:29.000Z';

const report = (change: Partial<LeaseReport> = {}): LeaseReport => ({
  rentalId: RENTAL,
  attempt: 1,
  revision: 3,
  state: 'ready',
  gpuUuids: ['GPU-1'],
  sessions: 0,
  since: SINCE,
  detail: null,
  ...change,
});
const heartbeat = (...leases: LeaseReport[]): Heartbeat => ({
  protocol: 1,
  nodeId: NODE,
  seq: 1,
  bootId: uuid('e', 1),
  sentAt: SINCE,
  gpus: [{ uuid: 'GPU-1', model: 'NVIDIA H100', healthy: false }],
  leases,
  signature: 'checked already',
});
const knowing = (phase: LeasePhase, change: Partial<KnownNode['leases'][number]> = {}): KnownNode => ({
  unverifiedGpus: null,
  leases: [{ rentalId: RENTAL, attempt: 1, phase, awaitsBuyer: false, checkpointAt: null, ...change }],
});
const duties = (phase: LeasePhase, ...leases: LeaseReport[]) =>
  dutiesOfHeartbeat(heartbeat(...leases), knowing(phase), STARTED_AT);
const due = { do: 'schedule', key: RENTAL, dueAt: STARTED_AT };

describe('a heartbeat', () => {
  it('that says ready has a waiting lease probed', () => {
    expect(duties('starting', report())).toEqual([{ ...due, kind: 'start' }]);
  });

  it('that says failed ends a waiting attempt, with the reason in plain words', () => {
    const told = (detail: string | null) => duties('starting', report({ state: 'failed', detail }));
    expect(told('bwrap:\u001b[31m no\u0000\n such file')).toEqual([
      { ...due, kind: 'attempt-deadline', payload: { attempt: 1, why: 'bwrap: [31m no such file' } },
    ]);
    expect(told(null)).toEqual([
      { ...due, kind: 'attempt-deadline', payload: { attempt: 1, why: 'the agent reported a failure' } },
    ]);
  });

  it('that says failed ends a running rental', () => {
    expect(duties('running', report({ state: 'failed' }))).toEqual([{ ...due, kind: 'lost', payload: { attempt: 1 } }]);
  });

  const gone: readonly (readonly [LeaseReport['state'], LeasePhase])[] = [
    ['ended', 'ending'],
    ['failed', 'ending'],
    ['ended', 'running'],
    ['ended', 'starting'],
  ];
  it.each(gone)(
    'that says %s of a lease that is %s here has the stream asked whether access is gone',
    (state, phase) => {
      const payload = { attempt: 1, since: SINCE };
      expect(duties(phase, report({ state }))).toEqual([{ ...due, kind: 'revoke', payload }]);
    },
  );

  const nothing: readonly (readonly [string, LeasePhase, LeaseReport | null])[] = [
    ['ready of a running lease', 'running', report()],
    ['ready of one that is to end', 'ending', report()],
    ['starting', 'starting', report({ state: 'starting' })],
    ['failed of another attempt', 'running', report({ state: 'failed', attempt: 2 })],
    ['failed of another rental', 'running', report({ state: 'failed', rentalId: uuid('a', 2) })],
    ['nothing of the lease', 'running', null],
  ];
  it.each(nothing)('that says %s changes nothing', (_, phase, said) => {
    expect(duties(phase, ...(said === null ? [] : [said]))).toEqual([]);
  });

  it('that says the buyer is in is noted after a failover, once, and not before it runs', () => {
    const seen = (phase: LeasePhase, awaitsBuyer: boolean) =>
      dutiesOfHeartbeat(heartbeat(report({ buyerSince: SINCE })), knowing(phase, { awaitsBuyer }), STARTED_AT);
    const payload = { attempt: 1, since: SINCE };
    expect(seen('running', true)).toEqual([{ ...due, kind: 'returned', payload }]);
    expect(seen('running', false)).toEqual([]);
    expect(seen('starting', true)).toEqual([{ ...due, kind: 'start' }]);
  });

  it('that says a checkpoint is saved is noted if that one was asked for, while it runs and while it ends', () => {
    const saved = { requestedAt: SINCE, where: 'local/x.tar', sha256: 'c'.repeat(64), bytes: 7, savedAt: SINCE };
    const seen = (phase: LeasePhase, checkpointAt: number | null) =>
      dutiesOfHeartbeat(heartbeat(report({ checkpoint: saved })), knowing(phase, { checkpointAt }), STARTED_AT);
    const noted = [{ ...due, kind: 'checkpoint', payload: { attempt: 1, saved } }];
    expect(seen('running', Date.parse(SINCE))).toEqual(noted);
    expect(seen('ending', Date.parse(SINCE))).toEqual(noted);
    expect(seen('running', null)).toEqual([]);
    expect(seen('running', Date.parse(SINCE) + 1)).toEqual([]);
  });

  it('of a machine not yet verified has it verified, against the cards it enrolled with', () => {
    const verify = (...unverifiedGpus: string[]) =>
      dutiesOfHeartbeat(heartbeat(), { unverifiedGpus, leases: [] }, STARTED_AT);
    const expected = { do: 'schedule', kind: 'verify', key: NODE, dueAt: STARTED_AT };
    expect(verify('GPU-1')).toEqual([{ ...expected, payload: { missing: [] } }]);
    expect(verify('GPU-1', 'GPU-2')).toEqual([{ ...expected, payload: { missing: ['GPU-2'] } }]);
  });
});
