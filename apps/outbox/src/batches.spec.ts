import { setTimeout as sleep } from 'node:timers/promises';
import { batches } from './batches.js';

async function* slowly(...items: readonly (number | 'pause')[]): AsyncGenerator<number> {
  for (const item of items) {
    if (item === 'pause') await sleep(5);
    else yield item;
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('batches', () => {
  it('take together what is there, up to the limit', async () => {
    expect(await collect(batches(slowly(1, 2, 3, 4, 5), 2))).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('do not wait for what is not', async () => {
    expect(await collect(batches(slowly(1, 2, 'pause', 3, 'pause', 4, 5), 10))).toEqual([[1, 2], [3], [4, 5]]);
  });

  it('are none of nothing', async () => {
    expect(await collect(batches(slowly(), 2))).toEqual([]);
  });

  it('hand on a failure behind what came before it', async () => {
    async function* failing() {
      yield 1;
      throw new Error('cut off');
    }
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const batch of batches(failing(), 2)) seen.push(batch);
    })();
    await expect(reading).rejects.toThrow('cut off');
  });

  it('let go of their source when the reader stops', async () => {
    let closed = false;
    async function* source() {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        closed = true;
      }
    }
    for await (const batch of batches(source(), 3)) if (batch.length === 3) break;
    await sleep(1);
    expect(closed).toBe(true);
  });
});
