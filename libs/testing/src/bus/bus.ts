/** A connection to a test's own NATS, closed when the spec ends. */

import type { BusOptions } from '@tokenos/runtime/bus/bus';
import type { TestNats } from '../servers/nats.js';
import { silentLog } from './signals.js';

/** Call at the top of a describe block, after withNats(): `const bus = withBus(nats, Bus.connect)`. */
export function withBus<Connected extends { close(): Promise<void> }>(
  nats: TestNats,
  connect: (options: BusOptions) => Promise<Connected>,
): () => Connected {
  let bus: Connected | undefined;
  beforeAll(async () => {
    bus = await connect({ url: nats.url(), name: 'spec', log: silentLog });
  }, 30_000);
  afterAll(() => bus?.close());
  return () => {
    if (bus === undefined) throw new Error('the bus is connected only while tests run');
    return bus;
  };
}
