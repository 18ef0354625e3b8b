import { startChain } from './chain.js';
import type { Program, ProgramOptions } from './program.js';
import { NotReady } from './when-ready.js';

const options = { dataDir: '/data', logDir: '/logs', authorization: 'secret', webhookUrl: null };
const chain = { pid: 2 } as Program;

/** Starts that end as told, one after the other; and how long each was waited for. */
function starts(...ends: readonly (Error | Program)[]) {
  const waited: (number | undefined)[] = [];
  const left = [...ends];
  const start = ({ silentMs }: ProgramOptions): Promise<Program> => {
    waited.push(silentMs);
    const end = left.shift();
    return end === undefined || end instanceof Error
      ? Promise.reject(end ?? new Error('once too often'))
      : Promise.resolve(end);
  };
  return { start, waited };
}

describe('the local chain', () => {
  it('is started once where that goes well', async () => {
    const { start, waited } = starts(chain);
    expect(await startChain(options, start)).toBe(chain);
    expect(waited).toHaveLength(1);
  });

  it('is started once more where its start hangs, and then waited for longer', async () => {
    const { start, waited } = starts(new NotReady('nothing new for 20 s'), chain);
    expect(await startChain(options, start)).toBe(chain);
    expect(waited).toEqual([20_000, undefined]);
  });

  it.each([
    ['hangs again', [new NotReady('first'), new NotReady('again')], 'again'],
    ['ends', [new Error('no prebuilt Surfpool'), chain], 'no prebuilt Surfpool'],
  ])('is given up where it %s', async (_, ends, why) => {
    await expect(startChain(options, starts(...ends).start)).rejects.toThrow(why);
  });
});
