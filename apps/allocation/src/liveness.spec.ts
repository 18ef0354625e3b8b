/** Who counts as there, and from when silence counts. */

import { MINUTE, SECOND } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import { Liveness, LOST_AFTER, ONLINE_WITHIN } from './liveness.js';

const T = Date.parse('2026-11-23T09:00:00.000Z');
let now = T;
const clock: Clock = { now: () => now, fromWall: (ms) => ms, toWallDuration: (ms) => ms };
const listening = (): Liveness => new Liveness(clock);

beforeEach(() => {
  now = T;
});

describe('a machine', () => {
  it('is online as long as its last heartbeat is at most 15 s old', () => {
    const liveness = listening();
    expect(liveness.isOnline('n')).toBe(false);
    liveness.heard('n', T, []);
    now = T + ONLINE_WITHIN;
    expect(liveness.isOnline('n')).toBe(true);
    now += 1;
    expect(liveness.isOnline('n')).toBe(false);
  });

  it('is not made younger by a heartbeat that comes late, nor are its cards', () => {
    const liveness = listening();
    liveness.heard('n', T + 20 * SECOND, ['GPU-1']);
    liveness.heard('n', T, ['GPU-2']);
    now = T + 30 * SECOND;
    expect(liveness.isOnline('n')).toBe(true);
    expect(['GPU-1', 'GPU-2'].map((gpu) => liveness.isHealthy('n', gpu))).toEqual([true, false]);
  });

  it('has the healthy cards of its last heartbeat, and none before the first', () => {
    const liveness = listening();
    expect(liveness.isHealthy('n', 'GPU-1')).toBe(false);
    liveness.heard('n', T, ['GPU-1']);
    liveness.heard('n', T + SECOND, ['GPU-2']);
    expect(['GPU-1', 'GPU-2'].map((gpu) => liveness.isHealthy('n', gpu))).toEqual([false, true]);
  });
});

describe('silence', () => {
  it('is counted from the last heartbeat', () => {
    const liveness = listening();
    liveness.heard('n', T + SECOND, []);
    now = T + 62 * SECOND;
    expect(liveness.silentFor('n')).toBe(61 * SECOND);
  });

  it('of a machine never heard is counted from when we began to listen', () => {
    const liveness = listening();
    now = T + LOST_AFTER;
    expect(liveness.silentFor('n')).toBe(LOST_AFTER);
  });

  it('from before our restart is ours: an old heartbeat that the bus kept does not make a machine long silent', () => {
    const liveness = listening();
    liveness.heard('n', T - 10 * MINUTE, ['GPU-1']);
    now = T + SECOND;
    expect(liveness.silentFor('n')).toBe(SECOND);
    expect(liveness.isOnline('n')).toBe(false);
  });
});
