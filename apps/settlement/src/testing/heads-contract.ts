/** What the heads of all streams promise, as tests that run on each adapter. */

import type { Counted } from '@tokenos/domain/anchor/anchor';
import { byCodePoint } from '@tokenos/domain/anchor/tree';
import { digest } from '@tokenos/testing/generators/names';
import { PlaceMoved, type Heads, type Place } from '../anchors/port.js';

const START: Place = { position: null, facts: 0, day: null };
const head = (stream: string, revision = 0) => ({ stream, revision, hash: digest('a') });
const at = (facts: number, change: Partial<Place> = {}): Place => ({
  ...START,
  position: `p${facts}`,
  facts,
  ...change,
});

/** `open` gives empty heads. */
export function headsContract(name: string, open: () => Promise<Heads>): void {
  describe(`the heads of all streams in ${name}`, () => {
    let heads: Heads;
    beforeEach(async () => {
      heads = await open();
    });

    it('are nowhere at first', async () => {
      expect(await heads.place()).toEqual(START);
      expect(await heads.page(null, 10)).toEqual([]);
      expect(await heads.counted('2026-11-23')).toBeNull();
    });

    it('are the last of each stream, in the order of their bytes, page by page', async () => {
      const streams = ['rental-\u{1F600}', 'rental-～', 'rental-é', 'payment-Pay', 'payment-pay', 'anchor-2026-11-23'];
      await heads.move(
        START,
        at(6),
        streams.map((stream) => head(stream)),
      );
      await heads.move(at(6), at(7), [head('payment-pay', 1)]);
      const inOrder = [...streams].sort(byCodePoint);
      const all = await heads.page(null, 10);
      expect(all.map(({ stream }) => stream)).toEqual(inOrder);
      expect(all).toContainEqual(head('payment-pay', 1));
      const first = await heads.page(null, 4);
      const rest = await heads.page(first.at(-1)?.stream ?? null, 4);
      expect([...first, ...rest]).toEqual(all);
    });

    it('move from the place they are at, or not at all', async () => {
      await heads.move(START, at(2, { day: '2026-11-22' }), [head('node-a')]);
      expect(await heads.place()).toEqual(at(2, { day: '2026-11-22' }));
      await expect(heads.move(START, at(5), [head('node-b')])).rejects.toThrow(PlaceMoved);
      expect(await heads.place()).toEqual(at(2, { day: '2026-11-22' }));
      expect(await heads.page(null, 10)).toEqual([head('node-a')]);
    });

    it('keep what a day came to, together with the place after it', async () => {
      const counted: Counted = {
        ...{ day: '2026-11-23', position: 'p2', facts: 2, streams: 1, root: digest('f'), previousDay: null },
      };
      await heads.move(START, at(2), [head('node-a')]);
      await heads.move(at(2), at(3, { day: counted.day }), [head('anchor-2026-11-23')], counted);
      expect(await heads.counted(counted.day)).toEqual(counted);
      const stale = { ...counted, day: '2026-11-24' };
      await expect(heads.move(at(2), at(9), [], stale)).rejects.toThrow(PlaceMoved);
      expect(await heads.counted('2026-11-24')).toBeNull();
    });
  });
}
