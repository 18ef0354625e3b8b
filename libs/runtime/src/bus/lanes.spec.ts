import { setImmediate as turn } from 'node:timers/promises';
import { Lanes } from './lanes.js';

/** Tasks that end when told, and what ran when. */
function bench(limit: number) {
  const lanes = new Lanes(limit);
  const started: string[] = [];
  const end = new Map<string, () => void>();
  const run = (lane: string, name: string): void =>
    lanes.run(lane, () => {
      started.push(name);
      return new Promise((resolve) => end.set(name, resolve));
    });
  const finish = async (name: string): Promise<void> => {
    end.get(name)?.();
    await turn();
  };
  return { lanes, started, run, finish };
}

describe('lanes', () => {
  it('run one lane in order and others beside it', async () => {
    const { started, run, finish } = bench(8);
    run('a', 'a1');
    run('a', 'a2');
    run('b', 'b1');
    expect(started).toEqual(['a1', 'b1']);
    await finish('a1');
    expect(started).toEqual(['a1', 'b1', 'a2']);
  });

  it('run no more lanes at once than the limit, and every lane in its turn', async () => {
    const { started, run, finish } = bench(2);
    run('a', 'a1');
    run('a', 'a2');
    run('b', 'b1');
    run('c', 'c1');
    expect(started).toEqual(['a1', 'b1']);
    await finish('a1');
    // c has waited longer than a's second.
    expect(started).toEqual(['a1', 'b1', 'c1']);
    await finish('b1');
    expect(started).toEqual(['a1', 'b1', 'c1', 'a2']);
  });

  it('take a task for a lane whose last task is still running, behind it', async () => {
    const { started, run, finish } = bench(2);
    run('a', 'a1');
    await turn();
    run('a', 'a2');
    expect(started).toEqual(['a1']);
    await finish('a1');
    expect(started).toEqual(['a1', 'a2']);
  });

  it('are idle when nothing runs or waits', async () => {
    const { lanes, run, finish } = bench(1);
    await lanes.idle();
    run('a', 'a1');
    run('b', 'b1');
    let idle = false;
    const waiting = lanes.idle().then(() => (idle = true));
    await finish('a1');
    expect(idle).toBe(false);
    expect(lanes.busy).toBe(1);
    await finish('b1');
    await waiting;
    expect(lanes.busy).toBe(0);
  });
});
