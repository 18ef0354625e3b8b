import { chainClock } from './chain-clock.js';
import { SLOT_MS, type SurfnetEvent } from './surfnet.js';

const tick = (unixTimestamp: number): SurfnetEvent => ({
  kind: 'systemClockUpdated',
  clock: { slot: 1, unixTimestamp },
});

/** A clock that has seen the chain's second 99, and now sees second 100 begin at this wall time. */
function seen(wallMs: number): ReturnType<ReturnType<typeof chainClock>['observe']> {
  const clock = chainClock();
  clock.observe([tick(98)], 98_500);
  clock.observe([tick(99)], 99_000);
  return clock.observe([tick(100)], wallMs);
}

describe('the chain clock', () => {
  it('is left alone within two slots ahead and half a second behind', () => {
    for (const wallMs of [100_000, 100_000 - 2 * SLOT_MS, 100_500]) expect(seen(wallMs)).toBeNull();
  });

  it('pauses for as long as it is ahead, a second at most', () => {
    expect(seen(99_800)).toEqual({ kind: 'pause', ms: 200 });
    expect(seen(10_000)).toEqual({ kind: 'pause', ms: 1_000 });
  });

  it('skips the slots that a busy or sleeping machine lost', () => {
    expect(seen(103_600)).toEqual({ kind: 'skip', slots: 3_600 / SLOT_MS });
  });

  it('is judged only where a second begins: the first one seen may be half over', () => {
    expect(chainClock().observe([tick(100)], 99_000)).toBeNull();
    const clock = chainClock();
    clock.observe([tick(98)], 98_000);
    expect(clock.observe([tick(98)], 90_000)).toBeNull();
    expect(clock.observe([{ kind: 'transactionProcessed' }], 90_000)).toBeNull();
    expect(clock.observe([tick(98), tick(99)], 98_000)).toEqual({ kind: 'pause', ms: 1_000 });
  });
});
