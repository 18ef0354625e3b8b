/** Makes the streams and buckets that the services find on the bus: once, as the one user that may, before any of them starts. */

import type { Log } from '../service/signals.js';
import { Bus } from './bus.js';

const ignore = (): void => undefined;
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Does nothing to what is there already. Throws where the user may not create what is missing. */
export async function provisionBus(
  url: string,
  user: string,
  password: string,
  buckets: readonly string[],
): Promise<void> {
  const bus = await Bus.connect({ url, user, password, name: user, log: silent });
  try {
    for (const bucket of buckets) await bus.bucket(bucket);
  } finally {
    await bus.close();
  }
}
