import { setTimeout as sleep } from 'node:timers/promises';
import { paced } from './paced.js';

async function* letters(log: string[] = []): AsyncGenerator<string> {
  try {
    for (const letter of ['a', 'b', 'c']) {
      await sleep(20);
      yield letter;
    }
  } finally {
    log.push('over');
  }
}

async function begin({ stalledMs, log = [] as string[] }: { stalledMs: number; log?: string[] }) {
  const rest = letters(log);
  return paced(await rest.next(), rest, { stalledMs, stalled: () => log.push('stalled') });
}

describe('paced text', () => {
  it('is all of it, from what was taken already on', async () => {
    const log: string[] = [];
    let text = '';
    for await (const piece of await begin({ stalledMs: 60_000, log })) text += piece;
    expect([text, log]).toEqual(['abc', ['over']]);
  });

  it('tells on a reader who asks no more, and not on us who are slow to answer', async () => {
    const log: string[] = [];
    const text = await begin({ stalledMs: 15, log });
    await text.next();
    await text.next();
    expect(log).toEqual([]);
    await sleep(200);
    expect(log).toEqual(['stalled']);
    await text.return(undefined);
  });

  it('that nobody wants any more ends what it is made of, and waits for nobody', async () => {
    const log: string[] = [];
    const text = await begin({ stalledMs: 15, log });
    await text.next();
    await text.return(undefined);
    await sleep(100);
    expect(log).toEqual(['over']);
  });
});
