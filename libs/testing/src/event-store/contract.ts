/** What every event store promises, as tests that run on each adapter. */

import type { EventStore } from '@tokenos/runtime/event-store/port';
import { followingContract } from './following-contract.js';
import { appendingContract } from './appending-contract.js';

/** `open` gives an empty store; whatever it opened ends with the store's own `close`. */
export function eventStoreContract(name: string, open: () => Promise<EventStore>): void {
  describe(`the event store in ${name}`, () => {
    let opened: EventStore[] = [];
    const openOne = async (): Promise<EventStore> => {
      const store = await open();
      opened.push(store);
      return store;
    };
    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close()));
      opened = [];
    });

    appendingContract(openOne);
    followingContract(openOne);
  });
}
