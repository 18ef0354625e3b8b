import { seal } from '@tokenos/contracts/envelope/seal';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { uuid } from '@tokenos/testing/generators/names';
import { DEADLINE_AT, delivered, interrupted, noticed, NOTICED_AT } from '@tokenos/testing/generators/sample-course';
import { ended, received, RENTAL } from '@tokenos/testing/generators/sample-facts';
import { reactions } from './reactions.js';

const envelopeOf = (fact: RentalFact, stream = `rental-${RENTAL}`) =>
  seal(null, {
    ...{ id: uuid('f', 1), stream, ...rentalStream.encode(fact) },
    ...{ at: new Date(NOTICED_AT).toISOString(), by: 'spec', correlationId: 'spec', causationId: 'spec' },
  });
const due = (fact: RentalFact) =>
  reactions(envelopeOf(fact)).map(
    (change) => `${change.do} ${change.kind}${'dueAt' in change ? ` ${change.dueAt}` : ''}`,
  );

describe('preemption reacts', () => {
  it('to a notice by looking whether a checkpoint is wanted, to its delivery by the deadline', () => {
    expect(due(noticed)).toEqual([`schedule checkpoint ${NOTICED_AT}`]);
    expect(due(delivered())).toEqual(['cancel deliver', `schedule end ${DEADLINE_AT}`]);
  });

  it.each([
    ['an end', ended('buyer_stopped', NOTICED_AT)],
    ['an interruption', interrupted()],
  ])('to %s by forgetting all it had to do', (_what, fact) => {
    expect(due(fact)).toEqual(['cancel make-room', 'cancel deliver', 'cancel checkpoint', 'cancel end']);
  });

  it('to nothing else, and to no other stream', () => {
    expect(due(received())).toEqual([]);
    expect(reactions({ ...envelopeOf(noticed), stream: `node-${RENTAL}` })).toEqual([]);
  });
});
