/** What every event store promises about appending and reading one stream. */

import { FactTooLarge, MAX_FACT_BYTES, RevisionConflict } from '@tokenos/runtime/event-store/port';
import { envelopes } from './envelopes.js';
import type { Opened } from './store-under-test.js';

export function appendingContract(open: () => Promise<Opened>): void {
  it('gives back exactly what was appended, in order of revision', async () => {
    const { store, stream } = await open();
    const facts = envelopes(stream, -1, { n: 1 }, { n: 2 });
    await store.append(stream, -1, facts);
    const later = envelopes(stream, 1, { n: 3 });
    await store.append(stream, 1, later);
    expect(await store.read(stream)).toStrictEqual([...facts, ...later]);
    expect(await store.read(stream, 2)).toStrictEqual(later);
    expect(await store.read(`${stream}-unknown`)).toStrictEqual([]);
  });

  it('keeps every character and number, so that a hash made before is the hash made after', async () => {
    const { store, stream } = await open();
    const data = {
      text: 'ünï \u0000 \ud83d\ude80 "\\" \ud800 \u2028',
      empty: '',
      nested: [{ z: null, a: [true, false, []] }, {}],
      numbers: [0, -1, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER],
    };
    const facts = envelopes(stream, -1, data, null, 'text', [], 7);
    await store.append(stream, -1, facts);
    const kept = await store.read(stream);
    expect(kept).toStrictEqual(facts);
    expect(JSON.stringify(kept)).toBe(JSON.stringify(facts));
  });

  it.each([
    ['behind the head', -1],
    ['beyond the head', 1],
  ])('refuses to append %s, and says where the head is', async (_, expected) => {
    const { store, stream } = await open();
    await store.append(stream, -1, envelopes(stream, -1, 'first'));
    const append = store.append(stream, expected, envelopes(stream, expected, 'second'));
    await expect(append).rejects.toEqual(new RevisionConflict(stream, expected, 0));
    await expect(append).rejects.toMatchObject({ actual: 0 });
    expect(await store.read(stream)).toHaveLength(1);
  });

  it('refuses to append to a stream that does not exist at any revision but none', async () => {
    const { store, stream } = await open();
    const append = store.append(stream, 0, envelopes(stream, 0, 'second'));
    await expect(append).rejects.toMatchObject({ name: 'RevisionConflict', actual: -1 });
  });

  it('stores once what is appended again after a lost answer, also when others have appended since', async () => {
    const { store, start, stream } = await open();
    const facts = envelopes(stream, -1, 'a', 'b');
    await store.append(stream, -1, facts);
    await store.append(stream, -1, facts);
    await store.append(stream, 1, envelopes(stream, 1, 'c'));
    await store.append(stream, -1, facts);
    expect((await store.read(stream)).map(({ data }) => data)).toStrictEqual(['a', 'b', 'c']);
    expect(await store.readAll(start, 10)).toHaveLength(3);
  });

  it('does not take a batch for a retry when only its beginning is stored', async () => {
    const { store, stream } = await open();
    const facts = envelopes(stream, -1, 'a', 'b');
    await store.append(stream, -1, facts.slice(0, 1));
    await expect(store.append(stream, -1, facts)).rejects.toMatchObject({ name: 'RevisionConflict', actual: 0 });
  });

  it('appends all of a batch or nothing', async () => {
    const { store, start, stream } = await open();
    const tooLarge = envelopes(stream, -1, 'small', 'x'.repeat(MAX_FACT_BYTES));
    await expect(store.append(stream, -1, tooLarge)).rejects.toBeInstanceOf(FactTooLarge);
    expect(await store.readAll(start, 10)).toStrictEqual([]);
  });

  it('refuses facts that are too large together, though none is by itself', async () => {
    const { store, stream } = await open();
    const large = 'x'.repeat(0.6 * MAX_FACT_BYTES);
    await expect(store.append(stream, -1, envelopes(stream, -1, large, large))).rejects.toBeInstanceOf(FactTooLarge);
    expect(await store.read(stream)).toStrictEqual([]);
  });

  it('takes a fact of nearly a megabyte, and counts bytes, not characters', async () => {
    const { store, stream } = await open();
    await store.append(stream, -1, envelopes(stream, -1, 'x'.repeat(MAX_FACT_BYTES - 1000)));
    const wide = envelopes(stream, 0, '€'.repeat(MAX_FACT_BYTES / 2));
    await expect(store.append(stream, 0, wide)).rejects.toBeInstanceOf(FactTooLarge);
  });

  it.each([
    ['another stream', 'rental-2', envelopes('rental-1', -1, 'a')],
    ['other revisions', 'rental-1', envelopes('rental-1', 4, 'a')],
    ['nothing', 'rental-1', []],
  ])('refuses a batch made for %s as a fault of the caller', async (_, name, facts) => {
    const { store } = await open();
    await expect(store.append(name, -1, facts)).rejects.toBeInstanceOf(RangeError);
  });

  it('lets exactly one of sixteen writers win each revision', async () => {
    const { store, stream } = await open();
    const race = async (writer: number): Promise<number> => {
      let wins = 0;
      for (let expected = -1; expected < 9; expected++) {
        const append = store.append(stream, expected, envelopes(stream, expected, { writer }));
        await append.then(
          () => wins++,
          (error: unknown) => expect(error).toBeInstanceOf(RevisionConflict),
        );
      }
      return wins;
    };
    const wins = await Promise.all(Array.from({ length: 16 }, (_, writer) => race(writer)));
    expect(wins.reduce((sum, won) => sum + won, 0)).toBe(10);
    expect((await store.read(stream)).map(({ revision }) => revision)).toStrictEqual([...Array(10).keys()]);
  });
}
