import fc from 'fast-check';
import { TimeQueue } from './queue.js';

describe('the queue of what is due', () => {
  it('gives the earliest first, and at one instant the lowest draw first, however it was filled', () => {
    const item = fc.record({ at: fc.nat(9), draw: fc.nat(99) });
    fc.assert(
      fc.property(fc.array(item), fc.array(item), (first, more) => {
        const queue = new TimeQueue<{ at: number; draw: number }>();
        first.forEach((one) => queue.push(one));
        const out = [queue.pop(), queue.pop()];
        more.forEach((one) => queue.push(one));
        while (queue.size > 0) out.push(queue.pop());
        const left = out.slice(2).flatMap((one) => (one === undefined ? [] : [one]));
        expect(left).toEqual([...left].sort((a, b) => a.at - b.at || a.draw - b.draw));
        expect(out.filter((one) => one !== undefined)).toHaveLength(first.length + more.length);
      }),
    );
  });
});
