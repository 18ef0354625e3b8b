import { silentLog } from '@tokenos/testing/bus/signals';
import { createSignals } from './signals.js';

describe('signals', () => {
  it('count by name, in a steady order', () => {
    const signals = createSignals(silentLog);
    signals.count('b');
    signals.count('a', 3);
    signals.count('b');
    expect(Object.entries(signals.snapshot())).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
  });

  it('count an alarm and log it as an error that can be searched for', () => {
    const errors: unknown[] = [];
    const signals = createSignals({ ...silentLog, error: (fields, message) => errors.push([fields, message]) });
    signals.alarm('consumer_stalled', { consumer: 'c1' });
    expect(signals.snapshot()).toEqual({ consumer_stalled: 1 });
    expect(errors).toEqual([[{ alarm: 'consumer_stalled', consumer: 'c1' }, 'alarm: consumer_stalled']]);
  });
});
