/** What every event store promises about the global order and about following it. */

import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import { BadPosition } from '@tokenos/runtime/event-store/port';
import { setTimeout as sleep } from 'node:timers/promises';
import { envelopes } from './envelopes.js';
import type { Opened } from './store-under-test.js';
import { factsOf, followOn, names, take, writeMuch, WRITERS } from './writers.js';

const APPENDS = 4;
const WRITTEN = factsOf(APPENDS);
const BATCHES = 3;
const BATCH = 1_000;

export function followingContract(open: () => Promise<Opened>): void {
  it('shows a reader who follows every fact once, however sixteen writers commit', async () => {
    const opened = await open();
    const following = followOn(opened, WRITTEN);
    await writeMuch(opened, APPENDS);
    const all = await opened.store.readAll(opened.start, 10_000);
    expect(all).toHaveLength(WRITTEN);
    expect(await following).toStrictEqual(all);
  });

  it('keeps each stream in order of revision within the global order', async () => {
    const opened = await open();
    const { store, start } = opened;
    await writeMuch(opened, APPENDS);
    const next = new Map<string, number>();
    for (const { envelope } of await store.readAll(start, 10_000)) {
      expect(envelope.revision).toBe(next.get(envelope.stream) ?? 0);
      next.set(envelope.stream, envelope.revision + 1);
    }
    expect(next.size).toBe(WRITERS);
  });

  it('refuses to read on from what it never gave as a position', async () => {
    const { store } = await open();
    for (const bad of ['', 'yesterday', '-1', '1.5', '1'.repeat(40), "'; drop table fact"]) {
      await expect(store.readAll(bad, 1)).rejects.toThrow(BadPosition);
    }
  });

  it('resumes from every position with exactly what came after it', async () => {
    const opened = await open();
    const { store, start } = opened;
    await writeMuch(opened, APPENDS);
    const all = await store.readAll(start, 10_000);
    for (const [index, { position }] of all.entries()) {
      expect(names(await store.readAll(position, 3))).toStrictEqual(names(all.slice(index + 1, index + 4)));
    }
    const middle = all[50]?.position ?? null;
    const rest = all.slice(51);
    expect(await take(rest.length, store.subscribe(middle, AbortSignal.timeout(10_000)))).toStrictEqual(rest);
  });

  it('reads and catches up over a stream of several thousand facts', async () => {
    const { store, start, stream } = await open();
    const written: Envelope[] = [];
    for (let batch = 0; batch < BATCHES; batch++) {
      const head = batch * BATCH - 1;
      const facts = envelopes(stream, head, ...Array.from({ length: BATCH }, (_, index) => index));
      await store.append(stream, head, facts);
      written.push(...facts);
    }
    expect(await store.read(stream)).toStrictEqual(written);
    const taken = await take(written.length, store.subscribe(start, AbortSignal.timeout(20_000)));
    expect(taken.map(({ envelope }) => envelope)).toStrictEqual(written);
  });

  it('wakes a waiting subscription at once', async () => {
    const { store, start, stream } = await open();
    const waiting = take(3, store.subscribe(start, AbortSignal.timeout(10_000)));
    await sleep(300);
    const begun = performance.now();
    for (const revision of [-1, 0, 1]) {
      await store.append(stream, revision, envelopes(stream, revision, 'woken'));
      await sleep(20);
    }
    expect(await waiting).toHaveLength(3);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('ends a subscription when the signal aborts, waiting or not', async () => {
    const { store, start, stream } = await open();
    const stop = new AbortController();
    const waiting = take(1, store.subscribe(start, stop.signal));
    await sleep(50);
    stop.abort();
    expect(await waiting).toStrictEqual([]);
    await store.append(stream, -1, envelopes(stream, -1, 'unseen'));
    expect(await take(1, store.subscribe(start, stop.signal))).toStrictEqual([]);
  });

  it('gives independent subscriptions their own progress', async () => {
    const { store, start, stream } = await open();
    await store.append(stream, -1, envelopes(stream, -1, 'a', 'b'));
    const signal = AbortSignal.timeout(10_000);
    const [first, second] = await Promise.all([
      take(2, store.subscribe(start, signal)),
      take(1, store.subscribe(start, signal)),
    ]);
    expect(names(first)).toStrictEqual([`${stream}@0`, `${stream}@1`]);
    expect(names(second)).toStrictEqual([`${stream}@0`]);
  });
}
