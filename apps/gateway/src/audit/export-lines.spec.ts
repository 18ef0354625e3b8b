import { seal } from '@tokenos/contracts/envelope/seal';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { exportLine } from '@tokenos/contracts/export/export-line';
import { memoryEventStore } from '@tokenos/runtime/event-store/memory';
import { BadPosition, type EventStore } from '@tokenos/runtime/event-store/port';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { FACTS_EXAMPLE, STREAM_EXAMPLE } from './examples.js';
import { BATCH, factLines, streamLines, type Span } from './export-lines.js';

const STREAM = 'rental-1';
const facts = envelopes(STREAM, -1, ...Array.from({ length: 2 * BATCH + 7 }, (_, n) => n));

async function storeOf(told: readonly Envelope[]): Promise<EventStore> {
  const store = memoryEventStore();
  if (told.length > 0) await store.append(STREAM, -1, told);
  return store;
}

const lines = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((one) => JSON.parse(one) as Record<string, unknown>);

async function exported(store: EventStore, span: Partial<Span> = {}) {
  let text = '';
  for await (const chunk of factLines(store, { after: null, limit: Infinity, ...span })) text += chunk;
  return lines(text);
}

describe('an export of facts', () => {
  it('is a header, every fact in order with its position, and an end that counts them', async () => {
    const [first, ...rest] = await exported(await storeOf(facts));
    expect(first).toEqual({ format: 'tokenos-export@1', holds: 'facts', after: null, stream: null });
    expect(rest.slice(0, -1).map(({ fact }) => fact)).toEqual(facts);
    const end = { position: rest.at(-2)?.['position'], facts: facts.length, evidence: 0 };
    expect(rest.at(-1)).toEqual({ end });
  });

  it('goes on from any position with exactly what came after it', async () => {
    const store = await storeOf(facts.slice(0, 9));
    const whole = (await exported(store)).slice(1, -1);
    for (const [index, { position }] of whole.entries()) {
      const rest = await exported(store, { after: position as string });
      expect(rest[0]).toMatchObject({ after: position });
      expect(rest.slice(1, -1)).toEqual(whole.slice(index + 1));
    }
  });

  it('is no longer than asked for, and says where it stopped', async () => {
    const store = await storeOf(facts);
    for (const limit of [1, BATCH, BATCH + 1]) {
      const asked = await exported(store, { limit });
      expect(asked).toHaveLength(limit + 2);
      expect(asked.at(-1)).toEqual({ end: { position: asked.at(-2)?.['position'], facts: limit, evidence: 0 } });
    }
  });

  it('of nothing ends where it began', async () => {
    expect(await exported(await storeOf([]))).toMatchObject([
      { after: null },
      { end: { position: null, facts: 0, evidence: 0 } },
    ]);
    expect(await exported(await storeOf(facts.slice(0, 3)), { after: '3' })).toMatchObject([
      { after: '3' },
      { end: { position: '3', facts: 0 } },
    ]);
  });

  it('takes in what is appended while it is read, and reads no more than a batch ahead', async () => {
    const store = await storeOf(facts);
    let read = 0;
    const counted: EventStore = {
      ...store,
      readAll: async (after, limit) => {
        const batch = await store.readAll(after, limit);
        read += batch.length;
        return batch;
      },
    };
    const reading = factLines(counted, { after: null, limit: Infinity });
    await reading.next();
    expect(read).toBe(BATCH);
    await store.append(STREAM, facts.length - 1, envelopes(STREAM, facts.length - 1, 'late'));
    let text = '';
    for await (const chunk of reading) text += chunk;
    expect(lines(text).at(-1)).toMatchObject({ end: { facts: facts.length + 1 } });
  });

  it('throws before its first line where the position is none', async () => {
    await expect(exported(await storeOf(facts), { after: 'here' })).rejects.toThrow(BadPosition);
  });

  it('is broken off by what the store throws, without its end', async () => {
    const store = await storeOf(facts);
    const failing: EventStore = {
      ...store,
      readAll: async (after, limit) => {
        if (after === null) return store.readAll(after, limit);
        throw new Error('gone');
      },
    };
    const reading = factLines(failing, { after: null, limit: Infinity });
    const { value } = await reading.next();
    expect(value).not.toContain('"end"');
    await expect(reading.next()).rejects.toThrow('gone');
  });
});

describe('an export of one stream', () => {
  const told = facts.slice(0, 4);
  const of = async (after: string | null) => {
    let text = '';
    for await (const chunk of streamLines(STREAM, told, after)) text += chunk;
    return lines(text);
  };

  it('goes on after a revision', async () => {
    expect((await of(null)).slice(1, -1)).toEqual(told.map((fact) => ({ position: `${fact.revision}`, fact })));
    expect((await of('1')).slice(1)).toEqual([
      ...told.slice(2).map((fact) => ({ position: `${fact.revision}`, fact })),
      { end: { position: '3', facts: 2, evidence: 0 } },
    ]);
    expect((await of('3')).slice(1)).toEqual([{ end: { position: '3', facts: 0, evidence: 0 } }]);
  });
});

describe('the examples in the API document', () => {
  it.each([FACTS_EXAMPLE, STREAM_EXAMPLE])('are exports whose hashes hold', (example) => {
    const [, second] = lines(example).map((one) => exportLine.parse(one));
    if (second === undefined || !('fact' in second)) throw new Error('no fact in it');
    const { revision: _, prevHash: _prev, hash, ...unsealed } = second.fact;
    expect(seal(null, unsealed).hash).toBe(hash);
  });
});
