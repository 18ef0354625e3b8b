/** The stores that the simulation runs on keep the same promises as those on Postgres. */

import { storesContract } from '../testing/stores-contract.js';
import { memoryStores } from './stores.js';

storesContract('memory', async () => {
  let made = 0;
  const { apply, ...stores } = memoryStores(() => ({ publicKey: `public ${++made}`, privateKey: `private ${made}` }));
  return { stores, apply, close: () => Promise.resolve() };
});
