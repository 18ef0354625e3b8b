/** What a rental says of its operators, told as stories. */

import {
  BUYER_WALLET,
  ended,
  failed,
  meterClosed,
  metered,
  OPERATOR,
  placed,
  received,
  RENTAL,
  requested,
  requestedWith,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { uuid } from '@tokenos/testing/generators/names';
import fc from 'fast-check';
import type { Fault, EndReason } from '../rental/ending.js';
import type { RentalFact } from '../rental/facts.js';
import { MINUTE } from '../time.js';
import { outcomesOf, type RentalOutcomes } from './outcomes.js';

const OTHER = uuid('b', 2);
const minute = (index: number): number => STARTED_AT + index * MINUTE;

/** Each fact is put on record a second after the one before. */
const told = (...facts: readonly RentalFact[]) => facts.map((fact, index) => ({ fact, at: (index + 1) * 1_000 }));
const outcome = (...facts: readonly RentalFact[]): RentalOutcomes => outcomesOf(told(...facts));

const running = [requested, received(), placed(), started()];
const rated = (stars = 4): RentalFact => ({ type: 'RentalRated', data: { stars, ratedAt: minute(5) } });
const interrupted = (fault: Fault, at = minute(2)): RentalFact => ({
  type: 'RentalInterrupted',
  data: { attempt: 1, operatorId: OPERATOR, why: 'silent', fault, interruptedAt: at },
});
const resumed: RentalFact = { type: 'RentalResumed', data: { attempt: 2, resumedAt: minute(3) } };
const back: RentalFact = { type: 'BuyerReturned', data: { attempt: 2, returnedAt: minute(3), how: 'login' } };
const elsewhere = placed(2, { operatorId: OTHER });
const NOTHING: RentalOutcomes = { completed: null, failed: [], ratings: [] };

describe('a rental', () => {
  it.each(['term_elapsed', 'buyer_stopped', 'preempted'] satisfies EndReason[])(
    'that ended by %s is a job completed, once its meter has closed',
    (reason) => {
      const served = [...running, metered(0, '11'), ended(reason, minute(2))];
      expect(outcome(...served)).toEqual(NOTHING);
      expect(outcome(...served, meterClosed(1, 2))).toEqual({
        ...NOTHING,
        completed: { operatorId: OPERATOR, attempt: 1, wallet: BUYER_WALLET, recordedAt: 7_000 },
      });
    },
  );

  it.each(['node_failed', 'operator_withdrew', 'payment_vanished', 'capacity_unavailable'] satisfies EndReason[])(
    'that ended by %s is no job completed',
    (reason) => {
      const { completed } = outcome(...running, metered(0, '11'), ended(reason, minute(2)), meterClosed(1, 2));
      expect(completed).toBeNull();
    },
  );

  it('in which no minute was served says nothing, nor does one that never ran', () => {
    expect(outcome(...running, metered(0, '00'), ended('buyer_stopped', minute(2)), meterClosed(1, 0))).toEqual(
      NOTHING,
    );
    expect(outcome(requested, received(), ended('buyer_stopped', minute(2)))).toEqual(NOTHING);
    expect(outcome()).toEqual(NOTHING);
  });

  it('counts an attempt that failed by the operator’s fault, and no other', () => {
    const fault = (whose: Fault): RentalFact => ({
      type: 'PlacementFailed',
      data: { attempt: 1, why: 'not ready', fault: whose },
    });
    expect(outcome(requested, received(), placed(), failed()).failed).toEqual([
      { operatorId: OPERATOR, attempt: 1, recordedAt: 4_000 },
    ]);
    for (const whose of ['platform', 'none', 'buyer'] as const) {
      expect(outcome(requested, received(), placed(), fault(whose)).failed).toEqual([]);
    }
  });

  it('that moved to another operator is a failure of the one and a job of the other', () => {
    const moved = [...running, interrupted('operator'), metered(0, '11'), elsewhere, resumed, back];
    const over = [metered(2, '0'), metered(3, '11', 2), ended('term_elapsed', minute(5)), meterClosed(4, 4)];
    expect(outcome(...moved, ...over, rated())).toMatchObject({
      completed: { operatorId: OTHER, attempt: 2 },
      failed: [{ operatorId: OPERATOR, attempt: 1 }],
      ratings: [
        { operatorId: OPERATOR, stars: 4, paidMinutes: 2 },
        { operatorId: OTHER, stars: 4, paidMinutes: 2 },
      ],
    });
  });

  it('that ended while no machine had it is nobody’s job, and counts the lost attempt once', () => {
    const lost = [...running, metered(0, '11'), interrupted('operator')];
    expect(outcome(...lost, ended('node_failed', minute(9), 'operator'), meterClosed(8, 2))).toMatchObject({
      completed: null,
      failed: [{ attempt: 1 }],
    });
    expect(outcome(...lost, ended('buyer_stopped', minute(9)), meterClosed(8, 2)).completed).toBeNull();
  });

  it('counts the attempt under way when it ends by the operator’s fault', () => {
    expect(outcome(...running, ended('operator_withdrew', minute(1), 'operator')).failed).toMatchObject([
      { operatorId: OPERATOR, attempt: 1 },
    ]);
    const starting = [...running, interrupted('platform'), elsewhere];
    expect(outcome(...starting, ended('node_failed', minute(9), 'operator')).failed).toMatchObject([
      { operatorId: OTHER, attempt: 2 },
    ]);
  });

  it('is rated once both the stars and the last minute are on record', () => {
    const over = [...running, metered(0, '11'), ended('buyer_stopped', minute(2))];
    const rating = { operatorId: OPERATOR, rentalId: RENTAL, buyerId: 'buyer-1', stars: 4, paidMinutes: 2 };
    expect(outcome(...over, rated()).ratings).toEqual([]);
    for (const last of [
      [rated(), meterClosed(1, 2)],
      [meterClosed(1, 2), rated()],
    ]) {
      expect(outcome(...over, ...last).ratings).toEqual([{ ...rating, ratedAt: minute(5), recordedAt: 8_000 }]);
    }
  });

  it('is rated by what was paid: minutes given away do not weigh', () => {
    const late: RentalFact = {
      type: 'RentalStarted',
      data: { attempt: 1, startedAt: STARTED_AT + 2 * MINUTE, endsAt: STARTED_AT + 62 * MINUTE },
    };
    const begun = [requestedWith({}), received(), placed(), late];
    const over = [metered(0, '1'.repeat(12)), ended('buyer_stopped', minute(20)), meterClosed(11, 12), rated()];
    expect(outcome(...begun, ...over).ratings).toMatchObject([{ paidMinutes: 2 }]);
    const short = [metered(0, '1'.repeat(9)), ended('buyer_stopped', minute(20)), meterClosed(8, 9), rated()];
    expect(outcome(...begun, ...short)).toMatchObject({ completed: { attempt: 1 }, ratings: [] });
  });

  it('takes nothing back: what was said once stays, however much of its life is told', () => {
    const life = [
      ...[requested, received(), placed(), failed(), placed(2, { operatorId: OTHER }), started(2)],
      ...[metered(0, '11', 2), ended('buyer_stopped', minute(2)), rated(), meterClosed(1, 2)],
    ];
    fc.assert(
      fc.property(fc.nat(life.length), fc.nat(life.length), (a, b) => {
        const [sooner, later] = [Math.min(a, b), Math.max(a, b)].map((count) =>
          outcomesOf(told(...life.slice(0, count))),
        );
        expect(later!.failed.slice(0, sooner!.failed.length)).toEqual(sooner!.failed);
        if (sooner!.completed !== null) expect(later!.completed).toEqual(sooner!.completed);
        if (sooner!.ratings.length > 0) expect(later!.ratings).toEqual(sooner!.ratings);
      }),
    );
  });
});
