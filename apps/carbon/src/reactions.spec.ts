/** Which facts make carbon look at a rental. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { memoryEventStore } from '@tokenos/runtime/event-store/memory';
import * as the from '@tokenos/testing/generators/sample-facts';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { reactions } from './reactions.js';

describe('carbon', () => {
  it('looks at a rental once its meter is closed, at once, and at nothing else', async () => {
    const facts = [the.requested, the.received(), the.placed(), the.started(), the.metered(0, '1')];
    const ended = [the.ended('buyer_stopped', the.STARTED_AT), the.meterClosed(0, 1), the.revoked(the.STARTED_AT)];
    const told = await appendFacts(memoryEventStore(), rentalStream, the.RENTAL, [...facts, ...ended], the.ENDS_AT);
    expect(told.flatMap(reactions)).toEqual([
      { do: 'schedule', kind: 'attribute', key: the.RENTAL, dueAt: the.ENDS_AT },
    ]);
  });

  it('leaves the streams of machines to those who follow them', async () => {
    const told = await appendFacts(memoryEventStore(), nodeStream, 'n', [{ type: 'NodeDrained', data: {} }], 0);
    expect(told.flatMap(reactions)).toEqual([]);
  });
});
