import { type Append, inGroups } from './append-groups.js';

const append = (stream: string, bytes = 1): Append => ({ stream, expected: -1, envelopes: [], bytes });

/** A store that answers when it is told to. */
function slowStore({ lanes = 1, isRefusal = (_error: unknown): boolean => false } = {}) {
  const sent: string[][] = [];
  const answers: { resolve: (stored: ReadonlySet<string>) => void; reject: (error: unknown) => void }[] = [];
  const store = inGroups({
    send: (group) => {
      sent.push(group.map(({ stream }) => stream));
      return new Promise((resolve, reject) => answers.push({ resolve, reject }));
    },
    isRefusal,
    lanes,
  });
  const answered = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return {
    store,
    sent,
    answer: (leftOut?: string) => {
      const stored = sent.at(-answers.length)?.filter((stream) => stream !== leftOut);
      answers.shift()?.resolve(new Set(stored));
      return answered();
    },
    fail: (error: Error) => (answers.shift()?.reject(error), answered()),
  };
}

describe('appends in groups', () => {
  it('send a lone one at once', () => {
    const { store, sent } = slowStore();
    void store(append('a'));
    expect(sent).toEqual([['a']]);
  });

  it('gather while one group is under way and go together after it, first come first', async () => {
    const { store, sent, answer } = slowStore();
    for (const stream of ['a', 'b', 'c']) void store(append(stream));
    await answer();
    expect(sent).toEqual([['a'], ['b', 'c']]);
  });

  it('take along whoever was just answered and appends again', async () => {
    const { store, sent, answer } = slowStore();
    void store(append('a')).then(() => store(append('a')));
    void store(append('b'));
    await answer();
    expect(sent).toEqual([['a'], ['b', 'a']]);
  });

  it('keep a second one to the same stream for the next group, and whatever follows it there', async () => {
    const { store, sent, answer } = slowStore();
    for (const stream of ['first', 'a', 'a', 'b', 'a']) void store(append(stream));
    await answer();
    await answer();
    await answer();
    expect(sent).toEqual([['first'], ['a', 'b'], ['a'], ['a']]);
  });

  it('carry at most 256 appends and a megabyte, but any one that is larger', async () => {
    const { store, sent, answer } = slowStore();
    void store(append('first'));
    for (let n = 0; n < 300; n++) void store(append(`small-${n}`));
    void store(append('large', 999_990));
    await answer();
    await answer();
    await answer();
    expect(sent.map(({ length }) => length)).toEqual([1, 256, 44, 1]);
  });

  it('share what waits equally among the lanes, so that no lane carries all and the other next to nothing', async () => {
    const { store, sent, answer } = slowStore({ lanes: 2 });
    for (let n = 0; n < 8; n++) void store(append(`rental-${n}`));
    expect(sent).toEqual([['rental-0'], ['rental-1']]);
    await answer();
    expect(sent.map(({ length }) => length)).toEqual([1, 1, 4]);
    await answer();
    expect(sent.map(({ length }) => length)).toEqual([1, 1, 4, 2]);
  });

  it('tell each whether it is stored', async () => {
    const { store, answer } = slowStore();
    const outcomes = Promise.all(['first', 'a', 'b', 'c'].map((stream) => store(append(stream))));
    await answer();
    await answer('b');
    expect(await outcomes).toEqual([true, true, false, true]);
  });

  it('fail together where nobody knows what was stored, and the next group is sent all the same', async () => {
    const { store, sent, answer, fail } = slowStore();
    const outcomes = Promise.allSettled(['first', 'a', 'b', 'a'].map((stream) => store(append(stream))));
    await answer();
    await fail(new Error('cut off'));
    await answer();
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(sent).toEqual([['first'], ['a', 'b'], ['a']]);
  });

  it('go one by one when the group was refused, so that only the one at fault fails', async () => {
    const { store, sent, answer, fail } = slowStore({ isRefusal: (error) => error instanceof RangeError });
    const outcomes = Promise.allSettled(['first', 'good', 'bad'].map((stream) => store(append(stream))));
    await answer();
    await fail(new RangeError('bad is bad'));
    await answer();
    await fail(new RangeError('bad is bad'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(sent).toEqual([['first'], ['good', 'bad'], ['good'], ['bad']]);
  });
});
