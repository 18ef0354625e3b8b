import { rentalStream } from '@tokenos/contracts/facts/streams';
import { fold } from '@tokenos/domain/decider';
import { usdc } from '@tokenos/domain/money';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { MINUTE } from '@tokenos/domain/time';
import * as facts from '@tokenos/testing/generators/sample-facts';
import { accessOf } from './access-answer.js';
import type { KnownRental } from './rental-answers.js';
import { unpaidText, waitingFor } from './waiting-for.js';

function stateAfter(...history: RentalFact[]): KnownRental {
  const state = fold(rentalStream.decider, [facts.requested, ...history]);
  if (state.status === 'absent') throw new Error('not requested');
  return state;
}

const { received, placed, started, finalized, ended, meterClosed, planned, signed, confirmed, landed, broke } = facts;
const short = received(1, { amountMicroUsdc: usdc(1_000_000n) });
const late = received(2, { amountMicroUsdc: usdc(2_000_000n), blockTime: facts.quote.expiresAt + 1 });
const dust = received(3, { signature: `Dust${'1'.repeat(84)}`, amountMicroUsdc: usdc(1n) });
const running = [received(), placed(), started()];
const stopped = [...running, ended('buyer_stopped', facts.STARTED_AT + 12 * MINUTE, 'buyer')];
const counted = [...stopped, finalized(), meterClosed(11, 12)];
const plan = (change: object) => planned(1, { feeMicroUsdc: usdc(58_400n), ...change });
const whole = plan({ transfers: [facts.payout(1_109_600n), facts.refund(4_673_234n)] });
const onlyPayout = plan({ transfers: [facts.payout(1_109_600n)] });

describe('a rental waits for', () => {
  it.each([
    ['all of the payment', [], /^5\.841234 USDC, to be paid before 2026-11-23T09:15:00\.000Z$/],
    ['the rest of the payment', [short], /^4\.841234 USDC/],
    ['all of it, where what came was late', [late], /^5\.841234 USDC/],
    ['a machine', [received()], /^a machine/],
    ['its machine', [received(), placed()], /^the machine to start/],
    ['nothing, while it runs', running, null],
    ['its last minutes', [...stopped, finalized()], /^the last minutes/],
    ['the payment to be final', [...stopped, meterClosed(11, 12)], new RegExp(`^payment ${facts.payment().signature}`)],
    ['what is due, before it is planned', counted, /^5\.841234 USDC to be paid out/],
    ['a transfer that is not out', [...counted, whole], /to be signed and sent$/],
    ['a transfer that is out', [...counted, whole, signed()], /to be final on chain$/],
    ['a transfer that was seen', [...counted, whole, signed(), confirmed()], /to be final on chain$/],
    ['nothing, once all is out', [...counted, whole, signed(), landed()], null],
    ['a payee who cannot be paid', [...counted, onlyPayout, signed(), landed()], /^4\.673234 USDC .* cannot take USDC/],
    ['what failed, again', [...counted, whole, signed(), broke()], /^5\.841234 USDC to be paid out/],
    ['not for dust that is not final', [...counted, dust], /^5\.841234 USDC to be paid out/],
    ['dust to be final, at the very end', [...counted, whole, signed(), landed(), dust], /^payment Dust/],
    ['what came too late to be final', [facts.expired, late], /^payment .* to be final on chain$/],
    ['nothing, where nobody paid', [facts.expired], null],
    ['the return of what came too late', [facts.expired, late, finalized(2)], /^2\.000000 USDC to be paid out/],
  ] as [string, RentalFact[], RegExp | null][])('%s', (_what, history, text) => {
    const waits = waitingFor(stateAfter(...history));
    if (text === null) expect(waits).toBeNull();
    else expect(waits).toMatch(text);
  });
});

describe('nobody gets in', () => {
  it('before it is paid: says how much, and until when', () => {
    expect(accessOf(stateAfter())).toEqual({
      kind: 'unpaid',
      why: 'This rental is not paid yet: it starts once 5.841234 USDC are paid before 2026-11-23T09:15:00.000Z.',
    });
  });

  it('while it is paid short: says what came and what is missing', () => {
    const { rental } = stateAfter(short);
    expect(unpaidText(rental)).toContain('1.000000 USDC were received and 4.841234 USDC are missing');
  });

  it('with money that came too late: says that it does not count', () => {
    expect(unpaidText(stateAfter(late).rental)).toMatch(
      /^This rental is not paid yet.* after that time does not count/,
    );
    expect(unpaidText(stateAfter().rental)).not.toContain('does not count');
  });
});
