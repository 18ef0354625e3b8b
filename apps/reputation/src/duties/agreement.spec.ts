/** Two opinions on any fortnight: what reputation computes, however often it was away, the auditor finds nothing wrong with. */

import { audit } from '@tokenos/audit/audit';
import { addDays, dayStart } from '@tokenos/domain/day';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { HOUR, MINUTE, type Millis } from '@tokenos/domain/time';
import { address, nth, uuid } from '@tokenos/testing/generators/names';
import {
  ended,
  failed,
  meterClosed,
  metered,
  placed,
  received,
  requested,
} from '@tokenos/testing/generators/sample-facts';
import fc from 'fast-check';
import { smallWorld } from '../testing/small-world.js';

const FIRST = '2026-11-10';
const OPERATORS = ['op-a', 'op-b'];
const NODES = [uuid('c', 1), uuid('c', 2)];

interface Life {
  readonly operator: number;
  readonly buyer: number;
  readonly ends: 'served' | 'failed' | 'moved' | 'lost';
  readonly minutes: number;
  readonly stars: number;
}

const lives: fc.Arbitrary<Life> = fc.record({
  operator: fc.nat(1),
  buyer: fc.nat(1),
  ends: fc.constantFrom('served', 'served', 'served', 'failed', 'moved', 'lost'),
  minutes: fc.nat(60),
  stars: fc.nat(5),
});
const days = fc.array(
  fc.record({
    served: fc.tuple(fc.nat(1_440), fc.nat(1_440)),
    lives: fc.array(lives, { maxLength: 8 }),
    isThere: fc.boolean(),
    uptimeAt: fc.constantFrom(MINUTE, MINUTE, 4 * MINUTE),
  }),
  { minLength: 1, maxLength: 14 },
);

function factsOf({ operator, buyer, ends, minutes, stars }: Life, at: Millis): readonly RentalFact[] {
  const [own, other] = [operator, 1 - operator].map((index) => ({ operatorId: OPERATORS[index]! }));
  const begun = [requested, received(1, { payer: address(nth('Buyer', buyer)) }), placed(1, own)];
  if (ends === 'failed') return [...begun, failed(), ended('buyer_stopped', at)];
  // All of it is told at one time: the minutes must be over by then.
  const startedAt = at - 70 * MINUTE;
  const start = { type: 'RentalStarted', data: { attempt: 1, startedAt, endsAt: at + HOUR } } as const;
  const running = [...begun, start, metered(0, '1'.repeat(minutes) || '0')];
  const movedAt = startedAt + HOUR;
  const data = {
    attempt: 1,
    operatorId: own!.operatorId,
    why: 'silent',
    fault: 'operator',
    interruptedAt: movedAt,
  } as const;
  const moved = [
    { type: 'RentalInterrupted', data } as const,
    ...(ends === 'moved'
      ? [
          placed(2, other),
          { type: 'RentalResumed', data: { attempt: 2, resumedAt: movedAt } } as const,
          { type: 'BuyerReturned', data: { attempt: 2, returnedAt: movedAt, how: 'login' } } as const,
          metered(60, '111', 2),
        ]
      : []),
  ];
  const reason = ends === 'lost' ? 'node_failed' : 'buyer_stopped';
  return [
    ...running,
    ...(ends === 'served' ? [] : moved),
    ended(reason, at),
    meterClosed(59, minutes),
    ...(stars === 0 ? [] : [{ type: 'RentalRated', data: { stars, ratedAt: at } } as const]),
  ];
}

describe('reputation and the auditor', () => {
  it('agree on every score of any fortnight', async () => {
    let scores = 0;
    await fc.assert(
      fc.asyncProperty(days, async (fortnight) => {
        const world = smallWorld(dayStart(FIRST));
        for (const [index, id] of OPERATORS.entries()) await world.register(id, NODES[index]!);
        let rentals = 0;
        for (const [index, { served, lives: todays, isThere, uptimeAt }] of fortnight.entries()) {
          const midnight = dayStart(addDays(FIRST, index + 1));
          world.clock.time = midnight + uptimeAt;
          for (const [node, minutes] of served.entries()) await world.uptimeOfYesterday(NODES[node]!, minutes);
          world.clock.time = midnight + 6 * MINUTE;
          if (isThere) await world.work();
          for (const life of todays) {
            world.clock.time += HOUR;
            await world.tellRental(uuid('a', ++rentals), ...factsOf(life, world.clock.now()));
          }
        }
        await world.work();
        const envelopes = (await world.store.readAll(null, 100_000)).map(({ envelope }) => envelope);
        scores += envelopes.filter(({ type }) => type === 'ReputationRecomputed.v1').length;
        expect(audit(envelopes).findings.filter(({ code }) => code === 'reputation@1')).toEqual([]);
      }),
      { numRuns: 25 },
    );
    expect(scores).toBeGreaterThan(100);
  }, 60_000);
});
