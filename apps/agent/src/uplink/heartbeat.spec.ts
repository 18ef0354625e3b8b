import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heartbeat as schema, type LeaseReport } from '@tokenos/contracts/agent/protocol';
import { scaledClock } from '@tokenos/runtime/clock';
import { nodeKey } from '../identity/node-key.js';
import { signedWhole } from '../testing/fake-gateway.js';
import { heartbeats } from './heartbeat.js';

const dir = mkdtempSync(join(tmpdir(), 'key-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('heartbeats', () => {
  const key = nodeKey(join(dir, 'node.key'));
  let leases: LeaseReport[] = [];
  const next = heartbeats({
    nodeId: '0192f2c8-0000-7000-8000-000000000000',
    bootId: '0192f2c8-0000-7000-8000-000000000001',
    key,
    clock: scaledClock({ factor: 60, originMs: 0 }, () => 1_000),
    gpus: () => [{ uuid: 'GPU-a', model: 'SIMULATED H100', healthy: true }],
    leases: () => leases,
  });

  it('count up, tell platform time, and are signed as a whole', () => {
    const [first, second] = [next(), next()];
    expect([first.seq, second.seq]).toEqual([0, 1]);
    expect(first.sentAt).toBe('1970-01-01T00:01:00.000Z');
    expect(schema.parse(first)).toEqual(first);
    expect(signedWhole(first, key.publicKey)).toBe(true);
    const forged = { ...first, seq: 9 };
    expect(signedWhole(forged, key.publicKey)).toBe(false);
  });

  it('name at most 64 leases: every one that lives, and the newest of the others', () => {
    const report = (state: LeaseReport['state'], minute: number): LeaseReport => ({
      ...{ rentalId: '0192f2c8-0000-7000-8000-000000000002', attempt: 1, revision: 1, state },
      ...{ gpuUuids: ['GPU-a'], sessions: 0, detail: null },
      since: new Date(minute * 60_000).toISOString(),
    });
    const over = Array.from({ length: 90 }, (_, n) => report(n % 2 === 0 ? 'ended' : 'failed', n));
    const living = [report('ready', 0), report('starting', 1)];
    leases = [...over, ...living];
    const heartbeat = schema.parse(next());
    expect(heartbeat.leases).toHaveLength(64);
    expect(heartbeat.leases).toEqual(expect.arrayContaining([...living, ...over.slice(-62)]));
    leases = over.slice(0, 3);
    expect(next().leases).toEqual(leases);
  });

  it('are signed by a key that stays the same', () => {
    expect(nodeKey(join(dir, 'node.key')).publicKey).toBe(key.publicKey);
    expect(key.publicKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
