/** The stores that the simulation runs on keep the same promises as those on Postgres. */

import { storesContract } from '../testing/stores-contract.js';
import { memoryStores } from './stores.js';

storesContract('memory', async () => {
  const { apply, ...stores } = memoryStores();
  return { stores, apply, close: () => Promise.resolve() };
});
