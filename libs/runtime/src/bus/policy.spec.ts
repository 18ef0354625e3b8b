import { BrokenInvariant, Undecodable } from './failures.js';
import { ALARM_AFTER_DELIVERIES, verdictOn } from './policy.js';

const half = (): number => 0.5;

describe('the failure policy', () => {
  it('terminates and alarms what can never be understood', () => {
    expect(verdictOn(new Undecodable('not JSON'), 1, half)).toEqual({
      do: 'term',
      reason: 'not JSON',
      alarm: 'message_undecodable',
    });
  });

  it('terminates and alarms a broken invariant, however often it was delivered', () => {
    const broken = new BrokenInvariant('rental-1', 'I1: paid is not what was given out');
    for (const deliveries of [1, ALARM_AFTER_DELIVERIES, 100]) {
      expect(verdictOn(broken, deliveries, half)).toEqual({
        do: 'term',
        reason: 'rental-1: I1: paid is not what was given out',
        alarm: 'invariant_broken',
      });
    }
  });

  it.each([new Error('connection refused'), 'a string', undefined])('tries again after anything else: %p', (error) => {
    expect(verdictOn(error, 1, half)).toMatchObject({ do: 'nak', alarm: null });
  });

  it('waits longer from delivery to delivery, and alarms once', () => {
    const verdicts = [1, 2, 3, 4, 5, 6, 7].map((deliveries) => verdictOn(new Error('down'), deliveries, half));
    const delays = verdicts.map((verdict) => (verdict.do === 'nak' ? verdict.delayMs : NaN));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(new Set(delays).size).toBe(delays.length);
    expect(verdicts.filter((verdict) => verdict.do === 'nak' && verdict.alarm !== null)).toHaveLength(1);
  });
});
