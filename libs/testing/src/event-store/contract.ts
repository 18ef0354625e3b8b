/** What every event store promises, as tests that run on each adapter. */

import type { EventStore } from '@tokenos/runtime/event-store/port';
import { randomIds } from '@tokenos/runtime/ids';
import { appendingContract } from './appending-contract.js';
import { followingContract } from './following-contract.js';
import type { Opened, StoreUnderTest, Trouble } from './store-under-test.js';
import { troubleContract } from './trouble-contract.js';

/** `open` may give a store that others have written to before; whatever it opened ends with the store's own `close`. */
export function eventStoreContract(name: string, open: () => Promise<StoreUnderTest>, trouble: Trouble = {}): void {
  describe(`the event store in ${name}`, () => {
    // Servers on a machine that is busy with others take their time.
    jest.setTimeout(30_000);
    let opened: EventStore[] = [];
    const openOne = async (): Promise<Opened> => {
      const one = await open();
      opened.push(one.store);
      return { ...one, stream: `rental-${randomIds.next()}` };
    };
    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close()));
      opened = [];
    });

    appendingContract(openOne);
    followingContract(openOne);
    troubleContract(openOne, trouble);
  });
}
