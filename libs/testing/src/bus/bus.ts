/** A connection to a test's own NATS, closed when the spec ends. */

import { Bus } from '@tokenos/runtime/bus/bus';
import type { TestNats } from '../servers/nats.js';
import { silentLog } from './signals.js';

/** Call at the top of a describe block, after withNats(). */
export function withBus(nats: TestNats): () => Bus {
  let bus: Bus | undefined;
  beforeAll(async () => {
    bus = await Bus.connect({ url: nats.url(), name: 'spec', log: silentLog });
  }, 30_000);
  afterAll(() => bus?.close());
  return () => {
    if (bus === undefined) throw new Error('the bus is connected only while tests run');
    return bus;
  };
}
