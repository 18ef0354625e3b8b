import { setImmediate as turn } from 'node:timers/promises';
import { trailing } from './trailing.js';

/** Saves when it is told to. */
function slowDisk() {
  const begun: string[] = [];
  const answers: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  const checkpoint = trailing((position) => {
    begun.push(position);
    return new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
  });
  return {
    checkpoint,
    begun,
    done: () => (answers.shift()?.resolve(), turn()),
    fail: () => (answers.shift()?.reject(new Error('disk full')), turn()),
  };
}

describe('a checkpoint that follows behind', () => {
  it('saves at once when nothing is being saved, and then only the newest', async () => {
    const { checkpoint, begun, done } = slowDisk();
    for (const position of ['1', '2', '3']) checkpoint.moveTo(position);
    expect(begun).toEqual(['1']);
    await done();
    expect(begun).toEqual(['1', '3']);
    await done();
    checkpoint.moveTo('4');
    expect(begun).toEqual(['1', '3', '4']);
  });

  it('has settled when the newest is saved', async () => {
    const { checkpoint, done } = slowDisk();
    checkpoint.moveTo('1');
    checkpoint.moveTo('2');
    let settled = false;
    const settling = checkpoint.settled().then(() => (settled = true));
    await done();
    expect(settled).toBe(false);
    await done();
    await settling;
  });

  it('has settled when there was nothing to save', async () => {
    await expect(slowDisk().checkpoint.settled()).resolves.toBeUndefined();
  });

  it('tells of a failed save at the next move and at the end', async () => {
    const { checkpoint, fail } = slowDisk();
    checkpoint.moveTo('1');
    await fail();
    expect(() => checkpoint.moveTo('2')).toThrow('disk full');
    await expect(checkpoint.settled()).rejects.toThrow('disk full');
  });
});
