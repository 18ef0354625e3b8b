/** What metering is reminded of by each fact. */

import { rentalStream, nodeStream } from '@tokenos/contracts/facts/streams';
import { GENESIS_HASH, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { HOUR, MINUTE } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import {
  ended,
  ENDS_AT,
  metered,
  placed,
  received,
  RENTAL,
  requested,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { enrolled } from '@tokenos/testing/generators/sample-node';
import { reactions } from './reactions.js';

const AT = ENDS_AT + 3;

const sealed = (stream: string, stored: { type: string; data: Envelope['data'] }): Envelope => ({
  ...stored,
  id: uuid('f', 1),
  stream,
  revision: 0,
  at: new Date(AT).toISOString(),
  by: 'spec',
  correlationId: 'spec',
  causationId: 'spec',
  prevHash: GENESIS_HASH,
  hash: GENESIS_HASH,
});
const toRental = (fact: Parameters<typeof rentalStream.encode>[0]) =>
  reactions(sealed(`rental-${RENTAL}`, rentalStream.encode(fact)));

const extension = { extensionId: uuid('e', 1), minutes: 30 };

describe('metering is reminded', () => {
  it('by the start: of each minute, and of each hour', () => {
    expect(toRental(started())).toEqual([
      { do: 'schedule', kind: 'tick', key: RENTAL, dueAt: STARTED_AT + MINUTE },
      { do: 'schedule', kind: 'meter', key: RENTAL, dueAt: STARTED_AT + HOUR },
    ]);
  });

  it('by a longer term: of the next minute on the same beat, also where the last tick was thought to be over', () => {
    const longer = (endsAt: number) => toRental({ type: 'RentalExtended', data: { ...extension, endsAt } });
    const tick = { do: 'schedule', kind: 'tick', key: RENTAL };
    expect(longer(ENDS_AT + 30 * MINUTE)).toEqual([{ ...tick, dueAt: ENDS_AT + MINUTE }]);
    expect(longer(AT + 5 * MINUTE)).toEqual([{ ...tick, dueAt: AT }]);
  });

  it('by the end: to close, at once, and to tick no more', () => {
    expect(toRental(ended('buyer_stopped', ENDS_AT))).toEqual([
      { do: 'cancel', kind: 'tick', key: RENTAL },
      { do: 'schedule', kind: 'meter', key: RENTAL, dueAt: AT },
    ]);
  });

  it('by nothing else', () => {
    for (const fact of [requested, received(), placed(), metered(0, '1')]) expect(toRental(fact)).toEqual([]);
    expect(reactions(sealed(`node-${uuid('c', 1)}`, nodeStream.encode(enrolled)))).toEqual([]);
  });
});
