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

describe('a machine is lost', () => {
  it('after more than 60 s without a heartbeat', () => {
    const liveness = listening();
    liveness.heard('n', T + SECOND, []);
    now = T + SECOND + LOST_AFTER;
    expect(liveness.isLost('n')).toBe(false);
    now += 1;
    expect(liveness.isLost('n')).toBe(true);
  });

  it('if never heard, by the time since we began to listen', () => {
    const liveness = listening();
    now = T + LOST_AFTER;
    expect(liveness.isLost('n')).toBe(false);
    now += 1;
    expect(liveness.isLost('n')).toBe(true);
  });

  it('not by silence from before our restart: that is ours, though the bus kept an old heartbeat', () => {
    const liveness = listening();
    liveness.heard('n', T - 10 * MINUTE, ['GPU-1']);
    now = T + SECOND;
    expect(liveness.isLost('n')).toBe(false);
    expect(liveness.isOnline('n')).toBe(false);
  });
});

describe('where the platform has a canary, a machine', () => {
  const LONG = 10 * MINUTE;
  const withCanary = (): Liveness => new Liveness(clock, 'key');
  /** The canary is heard every 5 s from `from` to `to`. */
  const sings = (liveness: Liveness, from: number, to: number): void => {
    for (let at = from; at <= to; at += 5 * SECOND) {
      now = at;
      liveness.heardCanary(at);
    }
  };

  it('is lost by the same silence while the canary is heard', () => {
    const liveness = withCanary();
    liveness.heard('n', T, []);
    sings(liveness, T, T + 60 * SECOND);
    expect(liveness.isLost('n')).toBe(false);
    sings(liveness, T + 65 * SECOND, T + 65 * SECOND);
    expect(liveness.isLost('n')).toBe(true);
  });

  it('is never lost before the canary is heard, nor while it is silent too', () => {
    const liveness = withCanary();
    liveness.heard('n', T, []);
    now = T + LONG;
    expect(liveness.isLost('n')).toBe(false);
    const later = withCanary();
    later.heard('n', T + LONG, []);
    sings(later, T + LONG, T + LONG + 30 * SECOND);
    now = T + LONG + 30 * SECOND + LOST_AFTER;
    expect(later.isLost('n')).toBe(false);
  });

  it('has 60 s to be heard again once the canary is', () => {
    const liveness = withCanary();
    liveness.heard('n', T, []);
    sings(liveness, T, T + 10 * SECOND);
    sings(liveness, T + LONG, T + LONG + 60 * SECOND);
    expect(liveness.isLost('n')).toBe(false);
    sings(liveness, T + LONG + 65 * SECOND, T + LONG + 65 * SECOND);
    expect(liveness.isLost('n')).toBe(true);
  });
});
