/** What every event store promises about the global order and about following it. */

import type { Recorded } from '@tokenos/runtime/event-store/envelope';
import { BadPosition, type EventStore } from '@tokenos/runtime/event-store/port';
import { envelopes } from './envelopes.js';

const STREAMS = 16;
const APPENDS = 8;

const names = (recorded: readonly Recorded[]): string[] =>
  recorded.map(({ envelope }) => `${envelope.stream}@${envelope.revision}`);

/** Sixteen streams at once, single facts and batches mixed. */
async function writeMuch(store: EventStore): Promise<number> {
  const write = async (stream: string): Promise<void> => {
    for (let revision = -1, append = 0; append < APPENDS; append++) {
      const batch = append % 3 === 0 ? ['a', 'b', 'c'] : ['a'];
      await store.append(stream, revision, envelopes(stream, revision, ...batch));
      revision += batch.length;
    }
  };
  await Promise.all(Array.from({ length: STREAMS }, (_, index) => write(`rental-${index}`)));
  return STREAMS * (APPENDS + 2 * Math.ceil(APPENDS / 3));
}

async function take(count: number, subscription: AsyncIterable<Recorded>): Promise<Recorded[]> {
  const taken: Recorded[] = [];
  for await (const recorded of subscription) if (taken.push(recorded) === count) break;
  return taken;
}

export function followingContract(open: () => Promise<EventStore>): void {
  it('shows a reader who follows every fact once, however sixteen writers commit', async () => {
    const store = await open();
    const stop = new AbortController();
    const seen: Recorded[] = [];
    const following = (async () => {
      for await (const recorded of store.subscribe(null, stop.signal)) seen.push(recorded);
    })();
    const written = await writeMuch(store);
    const all = await store.readAll(null, 10_000);
    while (seen.length < written) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await following;
    expect(all).toHaveLength(written);
    expect(names(seen)).toStrictEqual(names(all));
  });

  it('keeps each stream in order of revision within the global order', async () => {
    const store = await open();
    await writeMuch(store);
    const next = new Map<string, number>();
    for (const { envelope } of await store.readAll(null, 10_000)) {
      expect(envelope.revision).toBe(next.get(envelope.stream) ?? 0);
      next.set(envelope.stream, envelope.revision + 1);
    }
    expect(next.size).toBe(STREAMS);
  });

  it('refuses to read on from what it never gave as a position', async () => {
    const store = await open();
    for (const bad of ['', 'yesterday', '-1', '1.5', '1'.repeat(40), "'; drop table fact"]) {
      await expect(store.readAll(bad, 1)).rejects.toThrow(BadPosition);
    }
  });

  it('resumes from every position with exactly what came after it', async () => {
    const store = await open();
    await writeMuch(store);
    const all = await store.readAll(null, 10_000);
    for (const [index, { position }] of all.entries()) {
      expect(names(await store.readAll(position, 3))).toStrictEqual(names(all.slice(index + 1, index + 4)));
    }
    const middle = all[100]?.position ?? null;
    const rest = all.slice(101);
    expect(await take(rest.length, store.subscribe(middle, AbortSignal.timeout(10_000)))).toStrictEqual(rest);
  });

  it('catches up over more facts than one batch holds', async () => {
    const store = await open();
    for (let revision = -1; revision < 1099; revision += 100) {
      const batch = Array.from({ length: 100 }, (_, index) => index);
      await store.append('rental-1', revision, envelopes('rental-1', revision, ...batch));
    }
    const taken = await take(1100, store.subscribe(null, AbortSignal.timeout(10_000)));
    expect(taken.map(({ envelope }) => envelope.revision)).toStrictEqual([...Array(1100).keys()]);
  });

  it('wakes a waiting subscription at once', async () => {
    const store = await open();
    const waiting = take(3, store.subscribe(null, AbortSignal.timeout(10_000)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const begun = performance.now();
    for (const revision of [-1, 0, 1]) {
      await store.append('rental-1', revision, envelopes('rental-1', revision, 'woken'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await waiting).toHaveLength(3);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('ends a subscription when the signal aborts, waiting or not', async () => {
    const store = await open();
    const stop = new AbortController();
    const waiting = take(1, store.subscribe(null, stop.signal));
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    expect(await waiting).toStrictEqual([]);
    await store.append('rental-1', -1, envelopes('rental-1', -1, 'unseen'));
    expect(await take(1, store.subscribe(null, stop.signal))).toStrictEqual([]);
  });

  it('gives independent subscriptions their own progress', async () => {
    const store = await open();
    await store.append('rental-1', -1, envelopes('rental-1', -1, 'a', 'b'));
    const signal = AbortSignal.timeout(10_000);
    const [first, second] = await Promise.all([
      take(2, store.subscribe(null, signal)),
      take(1, store.subscribe(null, signal)),
    ]);
    expect(names(first)).toStrictEqual(['rental-1@0', 'rental-1@1']);
    expect(names(second)).toStrictEqual(['rental-1@0']);
  });
}
