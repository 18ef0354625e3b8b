/** Placing, starting, ending and revoking: what a machine must be, and when a rental may end. */

import * as a from '@tokenos/testing/generators/sample-commands';
import {
  ended,
  ENDS_AT,
  expired,
  finalized,
  metered,
  placed,
  received,
  requested,
  requestedWith,
  revoked,
  started,
  STARTED_AT,
  T0,
} from '@tokenos/testing/generators/sample-facts';
import { storiesOf } from '@tokenos/testing/given';
import { usdc } from '../../money.js';
import { MINUTE, SECOND } from '../../time.js';
import { rentalDecider } from '../decider.js';

const given = storiesOf(rentalDecider);
const paid = [requested, received(), finalized()];
const running = [...paid, placed(), started()];

describe('a placement', () => {
  it('at the cap is right, a micro-USDC above it is refused', () => {
    given(...paid)
      .when(a.place())
      .then(placed());
    const rateMicroUsdcPerHour = usdc(5_840_001n);
    given(...paid)
      .when(a.place(1, { rateMicroUsdcPerHour }))
      .thenRejected('rate_above_cap', { rateMicroUsdcPerHour, capMicroUsdcPerHour: 5_840_000n });
  });

  it('holds exactly the GPUs that were asked for, each once', () => {
    given(...paid)
      .when(a.place(1, { gpus: [] }))
      .thenRejected('bad_gpu_count', { gpuCount: 0, max: 1 });
    const twice = { uuid: 'GPU-1', leaseEpoch: 1 };
    given(requestedWith({ gpuCount: 2 }), received())
      .when(a.place(1, { gpus: [twice, twice] }))
      .thenRejected('duplicate_gpu', { uuid: 'GPU-1' });
  });

  it('decided twice at once counts once: the second is ignored, even for another machine', () => {
    given(...paid, placed())
      .when(a.place(1, { nodeId: 'another' }))
      .thenIgnored('placed already');
  });
});

describe('a start', () => {
  it('begins the term at the probe, not at the payment', () => {
    given(...paid, placed())
      .when(a.start(1, T0 + 42 * SECOND))
      .then({
        type: 'RentalStarted',
        data: { attempt: 1, startedAt: T0 + 42 * SECOND, endsAt: T0 + 42 * SECOND + 60 * MINUTE },
      });
  });

  it('of a rental that was stopped meanwhile is refused', () => {
    given(...paid, placed(), ended('buyer_stopped', T0 + 25 * SECOND, 'buyer'))
      .when(a.start())
      .thenRejected('wrong_state', { status: 'ended', command: 'StartRental' });
  });
});

describe('an end', () => {
  it('by the term is never early, and takes effect at the term however late it is noticed', () => {
    given(...running)
      .when(a.end('term_elapsed', ENDS_AT - 1))
      .thenRejected('too_early', { at: ENDS_AT - 1, notBefore: ENDS_AT })
      .when(a.end('term_elapsed', ENDS_AT + 60 * MINUTE))
      .then(ended('term_elapsed', ENDS_AT));
  });

  it('never takes back a minute that was metered', () => {
    given(...running, metered(0, '111'))
      .when(a.end('node_failed', STARTED_AT + MINUTE, 'operator'))
      .then(ended('node_failed', STARTED_AT + 3 * MINUTE, 'operator'));
  });
});

describe('revoked access', () => {
  const stopped = ended('buyer_stopped', T0 + 25 * SECOND, 'buyer');

  it('is noted once, for the attempt that held the GPUs', () => {
    given(...paid, placed(), stopped)
      .when(a.revoke(2))
      .thenRejected('wrong_attempt', { attempt: 2, current: 1 })
      .when(a.revoke(1))
      .then(revoked(ENDS_AT + SECOND))
      .when(a.revoke(1))
      .thenIgnored('revoked already');
  });

  it('of a rental that never held a GPU is nothing', () => {
    given(...paid, stopped)
      .when(a.revoke(1))
      .thenIgnored('nothing to revoke')
      .when(a.revoke(0))
      .thenIgnored();
    given(requested, expired).when(a.revoke(1)).thenRejected('wrong_state');
  });

  it('of a rental that still runs is refused', () => {
    given(...running)
      .when(a.revoke(1))
      .thenRejected('wrong_state', { status: 'running', command: 'RevokeAccess' });
  });
});
