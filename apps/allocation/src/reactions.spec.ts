/** What allocation is reminded of by each fact, and of what no longer. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { uuid } from '@tokenos/testing/generators/names';
import {
  credential,
  ended,
  ENDS_AT,
  expired,
  failed,
  finalized,
  metered,
  placed,
  received,
  RENTAL,
  requested,
  revoked,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import {
  checkpointRequested,
  extended,
  interrupted,
  noticed,
  released,
  RESUMED_AT,
  resumed,
  returned,
  vanished,
} from '@tokenos/testing/generators/sample-course';
import { MINUTE } from '@tokenos/domain/time';
import { enrolled } from '@tokenos/testing/generators/sample-node';
import { PROBE_EVERY, reactions, READY_WITHIN } from './reactions.js';

const AT = STARTED_AT + 3;
const NODE = uuid('c', 1);

const reactionsTo = (fact: RentalFact) => {
  const origin = { at: new Date(AT).toISOString(), by: 'spec', correlationId: 'spec', causationId: 'spec' };
  const stored = rentalStream.encode(fact);
  return reactions(seal(null, { id: uuid('f', 1), stream: `rental-${RENTAL}`, ...stored, ...origin }));
};
/** `place@0`: due that many milliseconds after the fact; `place-`: no longer due. */
const remindedBy = (fact: RentalFact): readonly string[] =>
  reactionsTo(fact).map((change) => {
    expect(change.key).toBe(RENTAL);
    return change.do === 'schedule' ? `${change.kind}@${change.dueAt - AT}` : `${change.kind}-`;
  });

const issued: RentalFact = { type: 'CredentialIssued', data: { ...credential(), notAfter: ENDS_AT } };

describe('allocation is reminded', () => {
  it('by each payment: to place, and to give up in time', () => {
    expect(remindedBy(received())).toEqual(['place@0', 'give-up@0']);
  });

  it('by a placement: to tell the machine, and to look after 15 s, however old the draft was', () => {
    expect(remindedBy(placed(1, { placedAt: AT - READY_WITHIN }))).toEqual([
      'place-',
      'desired@0',
      `attempt-deadline@${READY_WITHIN}`,
    ]);
  });

  it('by a failed attempt: to end it there, free its GPUs, try elsewhere, and give up if that was the last', () => {
    expect(remindedBy(failed())).toEqual([
      'attempt-deadline-',
      'start-',
      'desired@0',
      'release@0',
      'place@0',
      'give-up@0',
    ]);
  });

  it('by new keys: to tell the machine', () => {
    expect(remindedBy(issued)).toEqual(['desired@0']);
  });

  it('by the start: to tell until when, to probe twice within 120 s, and to end on time', () => {
    expect(remindedBy(started())).toEqual([
      'attempt-deadline-',
      'give-up-',
      'desired@0',
      `probe@${STARTED_AT + PROBE_EVERY - AT}`,
      `term@${ENDS_AT - AT}`,
    ]);
    expect(2 * PROBE_EVERY).toBeLessThan(120_000);
  });

  it('by the end: of nothing but to tell the machine and to free its GPUs', () => {
    expect(remindedBy(ended('buyer_stopped', AT))).toEqual([
      ...['place-', 'give-up-', 'start-', 'attempt-deadline-', 'probe-', 'term-', 'lost-'],
      ...['returned-', 'absent-', 'uncovered-'],
      ...['desired@0', 'release@0'],
    ]);
  });

  it('by the end of access: to free the GPUs and to take the entry away', () => {
    expect(remindedBy(revoked(AT))).toEqual(['release@0', 'desired@0']);
  });

  it('by a lost machine: to end it there, and to look for another one as if it had just been paid', () => {
    expect(remindedBy(interrupted())).toEqual([
      ...['probe-', 'lost-', 'returned-', 'absent-'],
      ...['desired@0', 'release@0', 'place@0', 'give-up@0'],
    ]);
  });

  it('by the new machine: to probe it, and not to wait for the buyer for ever', () => {
    expect(remindedBy(resumed())).toEqual([
      ...['attempt-deadline-', 'give-up-', 'desired@0'],
      `probe@${RESUMED_AT + PROBE_EVERY - AT}`,
      `absent@${RESUMED_AT + 30 * MINUTE - AT}`,
    ]);
    expect(remindedBy(returned())).toEqual(['absent-', 'returned-']);
  });

  it('by a longer term: to tell the machine, and to end later', () => {
    expect(remindedBy(extended)).toEqual(['desired@0', `term@${ENDS_AT + 30 * MINUTE - AT}`]);
  });

  it('by a notice and by a checkpoint asked for: to tell the machine', () => {
    for (const fact of [noticed, checkpointRequested()]) expect(remindedBy(fact)).toEqual(['desired@0']);
  });

  it('by money that vanished: to see what is left of it', () => {
    expect(remindedBy(vanished())).toEqual(['uncovered@0']);
  });

  it('by the end of a halt: to place what waited', () => {
    expect(remindedBy(released)).toEqual(['place@0']);
  });

  it('by a machine withdrawn: to take its leases elsewhere', () => {
    const stored = {
      id: uuid('f', 1),
      stream: `node-${NODE}`,
      ...nodeStream.encode({ type: 'NodeRetired', data: {} }),
    };
    const origin = { at: new Date(AT).toISOString(), by: 'spec', correlationId: 'spec', causationId: 'spec' };
    expect(reactions(seal(null, { ...stored, ...origin }))).toEqual([
      { do: 'schedule', kind: 'withdraw', key: NODE, dueAt: AT },
    ]);
  });

  it('by nothing else', () => {
    for (const fact of [requested, finalized(), metered(0, '1'), expired]) expect(remindedBy(fact)).toEqual([]);
    const node = { id: uuid('f', 1), stream: `node-${uuid('c', 1)}`, ...nodeStream.encode(enrolled) };
    const origin = { at: new Date(AT).toISOString(), by: 'spec', correlationId: 'spec', causationId: 'spec' };
    expect(reactions(seal(null, { ...node, ...origin }))).toEqual([]);
  });
});
