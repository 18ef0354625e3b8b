/** Anchors in memory: one memo a day whatever dies, over every fact before its beginning and none after; a missed day stays missed. */

import { headHash } from '@tokenos/contracts/anchor/head-hash';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { reactions } from '../reactions.js';
import { byCodePoint, HeadTree } from '@tokenos/domain/anchor/tree';
import { addDays, dayOf } from '@tokenos/domain/day';
import { DAY, HOUR, MINUTE } from '@tokenos/domain/time';
import { address } from '@tokenos/testing/generators/names';
import * as a from '@tokenos/testing/generators/sample-commands';
import { duty, NOW, openDesk, untilDone, type Desk } from '../testing/desk.js';
import { Died, mortal, type When } from '../testing/mortal.js';
import type { Parts } from '../parts.js';
import { beginAnchor } from './begin.js';
import { count } from './count.js';
import { PlaceMoved } from './port.js';
import { publishAnchor } from './publish.js';

const FIRST_DAY = dayOf(NOW);
const NEXT_DAY = addDays(FIRST_DAY, 1);

/** A day later, with a few facts on one stream. */
async function aDayLater(): Promise<Desk> {
  const desk = openDesk();
  await desk.tell(a.request(), a.pay());
  desk.pass(DAY);
  return desk;
}

const begin = (parts: Parts) => beginAnchor(parts);
const publish = (parts: Parts, day = FIRST_DAY) => publishAnchor(parts, duty('anchor', day));

/** What anyone would say who reads the facts from the start, up to the beginning of a day's anchor. */
async function expectedOf(desk: Desk, day: string) {
  const all = await desk.envelopes();
  const covered = all.slice(
    0,
    all.findIndex(({ stream }) => stream === `anchor-${day}`),
  );
  const heads = new Map(covered.map((envelope) => [envelope.stream, envelope] as const));
  const tree = new HeadTree(headHash);
  for (const head of [...heads.values()].sort((x, y) => byCodePoint(x.stream, y.stream))) tree.add(head);
  return { facts: covered.length, streams: heads.size, root: tree.root().toString('hex') };
}

async function publishedOf(desk: Desk, day: string): Promise<Envelope['data']> {
  const facts = (await desk.envelopes()).filter(({ stream }) => stream === `anchor-${day}`);
  expect(facts.at(-1)?.type).toBe('AnchorPublished.v1');
  return facts.at(-1)?.data ?? null;
}

describe('a day that is over', () => {
  it('is anchored once: the memo on the chain says the root over every fact before the beginning', async () => {
    const desk = await aDayLater();
    expect(await begin(desk.parts)).toEqual({ again: Date.parse(NEXT_DAY) + DAY + MINUTE });
    // Too late for this anchor, though it was not counted yet.
    await desk.tell(a.finalize());
    expect(await untilDone(() => publish(desk.parts))).toBe('done');
    const expected = await expectedOf(desk, FIRST_DAY);
    expect(expected).toMatchObject({ facts: 2, streams: 1 });
    const published = await publishedOf(desk, FIRST_DAY);
    expect(published).toMatchObject({ ...expected, day: FIRST_DAY, position: '2', previousDay: null });
    const { root } = expected;
    expect(desk.chain.said()).toEqual([`tokenos anchor@1 ${FIRST_DAY} root=${root} facts=2 streams=1`]);
    await begin(desk.parts);
    expect(await untilDone(() => publish(desk.parts))).toBe('done');
    expect(desk.chain.said()).toHaveLength(1);
  });

  it('makes its publication due when it is begun, and nothing else does', async () => {
    const desk = await aDayLater();
    await begin(desk.parts);
    await untilDone(() => publish(desk.parts));
    const own = (await desk.envelopes()).filter(({ stream }) => stream.startsWith('anchor-'));
    const dueAt = NOW + DAY;
    const due = { do: 'schedule', kind: 'anchor', key: FIRST_DAY, dueAt };
    expect(own.map((envelope) => reactions(envelope))).toEqual([[due], [], [], []]);
  });

  it('has the anchor of the day before among its leaves, and names it', async () => {
    const desk = await aDayLater();
    await begin(desk.parts);
    await untilDone(() => publish(desk.parts));
    desk.pass(DAY);
    await begin(desk.parts);
    await untilDone(() => publish(desk.parts, NEXT_DAY));
    const expected = await expectedOf(desk, NEXT_DAY);
    expect(expected).toMatchObject({ streams: 2 });
    expect(await publishedOf(desk, NEXT_DAY)).toMatchObject({ ...expected, previousDay: FIRST_DAY });
    expect(desk.signals.alarms).toEqual([]);
  });

  it('is counted right whichever day is asked for first', async () => {
    const desk = await aDayLater();
    await begin(desk.parts);
    desk.pass(DAY);
    await desk.tell(a.finalize());
    await begin(desk.parts);
    await untilDone(() => publish(desk.parts, NEXT_DAY));
    await untilDone(() => publish(desk.parts));
    for (const day of [FIRST_DAY, NEXT_DAY]) {
      expect(await publishedOf(desk, day)).toMatchObject(await expectedOf(desk, day));
    }
  });
});

it('counts no fact twice where another process was faster: it gives up, and finds all of it done', async () => {
  const desk = await aDayLater();
  await begin(desk.parts);
  const { heads, store } = desk.parts;
  const overtaken: typeof store = {
    ...store,
    async readAll(...asked) {
      const batch = await store.readAll(...asked);
      await count(desk.parts, FIRST_DAY);
      return batch;
    },
  };
  await expect(count({ heads, store: overtaken }, FIRST_DAY)).rejects.toThrow(PlaceMoved);
  expect(await heads.place()).toMatchObject({ facts: (await desk.envelopes()).length });
  expect(await count(desk.parts, FIRST_DAY)).toMatchObject(await expectedOf(desk, FIRST_DAY));
});

describe('a day', () => {
  it('that nobody anchored in time has none: the next one says so, and it is alarmed', async () => {
    const desk = await aDayLater();
    await begin(desk.parts);
    await untilDone(() => publish(desk.parts));
    desk.pass(4 * DAY);
    await begin(desk.parts);
    const day = addDays(FIRST_DAY, 4);
    await untilDone(() => publish(desk.parts, day));
    expect(await publishedOf(desk, day)).toMatchObject({ day, previousDay: FIRST_DAY });
    expect(desk.signals.alarms).toEqual(['anchor_days_missed']);
    expect(desk.chain.said()).toHaveLength(2);
  });

  it('before the first fact has none either', async () => {
    const desk = openDesk();
    expect(await begin(desk.parts)).toEqual({ again: Date.parse(NEXT_DAY) + MINUTE });
    await desk.tell(a.request());
    desk.pass(HOUR);
    await begin(desk.parts);
    expect(await desk.typesOf(`anchor-${addDays(FIRST_DAY, -1)}`)).toEqual([]);
    expect(await publish(desk.parts)).toBe('done');
  });
});

describe('a process that dies', () => {
  /** More steps than it takes. */
  const STEPS = 40;

  it.each<When>(['before', 'after'])(
    '%s any of its steps has the day anchored by one memo all the same',
    async (when) => {
      let survived = 0;
      for (let step = 1; step <= STEPS; step++) {
        const desk = await aDayLater();
        const dying = mortal(desk.parts, step, when);
        const whole = async (parts: Parts) => {
          await begin(parts);
          return untilDone(() => publish(parts));
        };
        const end = await whole(dying).catch((error: unknown) => error);
        if (end === 'done') survived += 1;
        else expect(end).toBeInstanceOf(Died);
        expect(await whole(desk.parts)).toBe('done');
        expect(desk.chain.said()).toHaveLength(1);
        expect(new Set(desk.chain.sent).size).toBe(1);
        const expected = await expectedOf(desk, FIRST_DAY);
        expect(await publishedOf(desk, FIRST_DAY)).toMatchObject(expected);
        expect(desk.chain.said()[0]).toContain(expected.root);
      }
      expect(survived).toBeGreaterThan(0);
      expect(survived).toBeLessThan(STEPS - 8);
    },
  );
});

describe('the bytes of an anchor', () => {
  it('are signed anew only when the first can never land any more', async () => {
    const desk = await aDayLater();
    desk.chain.lands = false;
    await begin(desk.parts);
    for (let times = 0; times < 5; times++) expect(await publish(desk.parts)).not.toBe('done');
    expect(new Set(desk.chain.sent).size).toBe(1);
    desk.chain.height += 151;
    desk.chain.lands = true;
    expect(await untilDone(() => publish(desk.parts))).toBe('done');
    expect(new Set(desk.chain.sent).size).toBe(2);
    expect(desk.chain.said()).toHaveLength(1);
    expect(await desk.typesOf(`anchor-${FIRST_DAY}`)).toContain('AnchorExpired');
  });

  it('are signed anew when they landed with an error, after a pause', async () => {
    const desk = await aDayLater();
    await begin(desk.parts);
    desk.chain.error = 'no fee';
    await untilDone(() => publish(desk.parts), 2);
    expect(desk.signals.alarms).toEqual(['anchor_failed']);
    desk.chain.error = null;
    expect(await untilDone(() => publish(desk.parts))).toBe('done');
    expect(await desk.typesOf(`anchor-${FIRST_DAY}`)).toContain('AnchorFailed');
  });

  it('are sent to no chain they were not signed for', async () => {
    const desk = await aDayLater();
    desk.chain.lands = false;
    await begin(desk.parts);
    await publish(desk.parts);
    const before = [...desk.chain.sent];
    desk.chain.genesis = address('Another');
    await untilDone(() => publish(desk.parts), 3);
    expect(desk.chain.sent).toEqual(before);
    expect(desk.chain.memos).toHaveLength(1);
    expect(desk.signals.alarms).toContain('anchor_on_another_chain');
  });
});
