/** What may be asked for, what it is quoted at, and who may open it. */

import {
  quote,
  received,
  requested,
  T0,
  TOTAL,
  credential,
  expired,
  placed,
  started,
  STARTED_AT,
  ENDS_AT,
  ended,
} from '@tokenos/testing/generators/sample-facts';
import { issue, request, stop } from '@tokenos/testing/generators/sample-commands';
import { storiesOf } from '@tokenos/testing/given';
import { usdc } from '../../money.js';
import { DAY, MINUTE, SECOND } from '../../time.js';
import { rentalDecider } from '../decider.js';

const given = storiesOf(rentalDecider);

describe('a request', () => {
  it('is quoted the full term at the cap plus its surplus, for fifteen minutes', () => {
    given().when(request()).then(requested);
    expect(quote.totalMicroUsdc).toBe(TOTAL);
    expect(quote.expiresAt - quote.quotedAt).toBe(15 * MINUTE);
  });

  it('delivered twice is one request; another under the same id is refused', () => {
    const { payment } = request();
    given(requested)
      .when(request({}, { at: T0 + 5 }))
      .thenIgnored('requested already')
      .when(request({}, { buyerId: 'somebody-else' }))
      .thenRejected('rental_exists')
      .when(request({}, { payment: { ...payment, reference: 'another' } }))
      .thenRejected('rental_exists');
  });

  it.each([
    ['an unknown GPU', { gpuTier: 'H9000' }, 'unknown_gpu_tier'],
    ["a name from Object's prototype", { gpuTier: 'constructor' }, 'unknown_gpu_tier'],
    ['no GPU', { gpuCount: 0 }, 'bad_gpu_count'],
    ['a negative count', { gpuCount: -1 }, 'bad_gpu_count'],
    ['half a GPU', { gpuCount: 1.5 }, 'bad_gpu_count'],
    ['nine GPUs', { gpuCount: 9 }, 'bad_gpu_count'],
    ['not a number of GPUs', { gpuCount: Number.NaN }, 'bad_gpu_count'],
    ['no time', { minutes: 0 }, 'bad_duration'],
    ['half a minute', { minutes: 0.5 }, 'bad_duration'],
    ['more than 90 days', { minutes: 90 * 24 * 60 + 1 }, 'bad_duration'],
    ['an endless term', { minutes: Number.POSITIVE_INFINITY }, 'bad_duration'],
    ['RESERVED for 8 days', { tier: 'RESERVED', minutes: 8 * 24 * 60 }, 'bad_reserved_term'],
    ['RESERVED for an hour', { tier: 'RESERVED' }, 'bad_reserved_term'],
    ['no patience', { maxWaitMs: 0 }, 'bad_max_wait'],
    ['two days of patience', { maxWaitMs: 2 * DAY }, 'bad_max_wait'],
    ['a reputation above all', { minReputationBps: 10_001 }, 'bad_min_reputation'],
    ['a fraction of reputation', { minReputationBps: 0.5 }, 'bad_min_reputation'],
  ] as const)('for %s is refused', (_, asked, code) => {
    given().when(request(asked)).thenRejected(code);
  });

  it.each([7, 30, 90])('for %i RESERVED days is sold at 90 %', (days) => {
    const minutes = days * 24 * 60;
    const outcome = rentalDecider.decide({ status: 'absent' }, request({ tier: 'RESERVED', minutes }));
    expect(outcome).toMatchObject({
      facts: [{ data: { quote: { tierBps: 9_000, priceMicroUsdc: BigInt(days) * 24n * 5_256_000n } } }],
    });
  });

  it('at a cap that buys nothing, or that no machine may ask, is refused', () => {
    given()
      .when(request({}, { capMicroUsdcPerHour: usdc(0n) }))
      .thenRejected('cap_below_tier');
    given()
      .when(request({ minutes: 1 }, { capMicroUsdcPerHour: usdc(59n) }))
      .thenRejected('cap_below_tier');
    given()
      .when(request({}, { capMicroUsdcPerHour: usdc(1_000_000_001n) }))
      .thenRejected('bad_rate');
  });
});

describe('keys', () => {
  const open = [requested, received(), placed()];

  it('can be set before payment and replaced at any time, each newer set in place of the older', () => {
    const notAfter = quote.expiresAt + 61 * MINUTE;
    given(requested)
      .when(issue(1))
      .then({ type: 'CredentialIssued', data: { ...credential(1), notAfter } })
      .when(issue(1))
      .thenIgnored('these are its keys')
      .when(issue(2))
      .then({ type: 'CredentialIssued', data: { ...credential(2), notAfter } });
  });

  it('of a running rental die with its term at the latest', () => {
    given(...open, started())
      .when(issue(1))
      .then({ type: 'CredentialIssued', data: { ...credential(1), notAfter: ENDS_AT } });
  });

  it('are the same in any order, and others under another user name', () => {
    const both = { ...issue(1), keys: [...credential(1).keys, ...credential(2).keys] };
    const data = { keys: both.keys, username: both.username, notAfter: quote.expiresAt + 61 * MINUTE };
    given(requested, { type: 'CredentialIssued', data })
      .when({ ...both, keys: [...both.keys].reverse() })
      .thenIgnored()
      .when({ ...both, username: 'r0000b' })
      .then({ type: 'CredentialIssued', data: { ...data, username: 'r0000b' } });
  });

  it('are refused once the rental is over', () => {
    given(requested, expired).when(issue()).thenRejected('wrong_state');
    given(...open, ended('buyer_stopped', T0 + MINUTE, 'buyer'))
      .when(issue())
      .thenRejected('wrong_state', { status: 'ended', command: 'IssueCredential' });
  });
});

describe('a stop', () => {
  const running = [requested, received(), placed(), started()];

  it('after the term has passed ends the rental at its term, whoever comes first', () => {
    given(...running)
      .when(stop(ENDS_AT + 5 * SECOND))
      .then(ended('buyer_stopped', ENDS_AT, 'buyer'))
      .when({ type: 'EndRental', at: ENDS_AT + 6 * SECOND, reason: 'term_elapsed', fault: 'none' })
      .thenIgnored('it is ended');
  });

  it('by a clock that runs behind ends it at its start, not before', () => {
    given(...running)
      .when(stop(STARTED_AT - SECOND))
      .then(ended('buyer_stopped', STARTED_AT, 'buyer'));
  });

  it('of an unpaid request ends it for good', () => {
    given(requested)
      .when(stop(T0 + SECOND))
      .then(ended('buyer_stopped', T0 + SECOND, 'buyer'))
      .when(stop(T0 + SECOND))
      .thenIgnored('it is ended');
  });
});
