import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heartbeat as schema } from '@tokenos/contracts/agent/protocol';
import { scaledClock } from '@tokenos/runtime/clock';
import { nodeKey } from '../identity/node-key.js';
import { signedWhole } from '../testing/fake-gateway.js';
import { heartbeats } from './heartbeat.js';

const dir = mkdtempSync(join(tmpdir(), 'key-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('heartbeats', () => {
  const key = nodeKey(join(dir, 'node.key'));
  const next = heartbeats({
    nodeId: '0192f2c8-0000-7000-8000-000000000000',
    bootId: '0192f2c8-0000-7000-8000-000000000001',
    key,
    clock: scaledClock({ factor: 60, originMs: 0 }, () => 1_000),
    gpus: () => [{ uuid: 'GPU-a', model: 'SIMULATED H100', healthy: true }],
    leases: () => [],
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

  it('are signed by a key that stays the same', () => {
    expect(nodeKey(join(dir, 'node.key')).publicKey).toBe(key.publicKey);
    expect(key.publicKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
