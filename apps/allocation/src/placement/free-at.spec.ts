/** When GPUs are free again, in each state that a rental with a claim on them can be in. */

import { rentalDecider } from '@tokenos/domain/rental/decider';
import { fold } from '@tokenos/domain/decider';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import {
  ended,
  ENDS_AT,
  failed,
  placed,
  placement,
  received,
  requested,
  revoked,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { freeAt } from './free-at.js';

const paid = [requested, received()];
const running = [...paid, placed(), started()];
const after = (facts: readonly RentalFact[], attempt = 1) => freeAt(fold(rentalDecider, facts), attempt);

describe('GPUs are free', () => {
  it('not while they are chosen and the placement is on its way', () => {
    expect(after(paid)).toBeNull();
    expect(after([...paid, placed(), failed()], 2)).toBeNull();
  });

  it('not for an attempt that these facts do not know yet: newer ones do', () => {
    expect(after(paid, 2)).toBeNull();
    expect(after([...paid, placed()], 2)).toBeNull();
    expect(after([...paid, placed(), failed()], 3)).toBeNull();
  });

  it('not while the rental is placed or runs', () => {
    expect(after([...paid, placed()])).toBeNull();
    expect(after(running)).toBeNull();
  });

  it('at once when the attempt has failed, whatever the rental does next', () => {
    const second = [...paid, placed(), failed(), placed(2)];
    expect(after([...paid, placed(), failed()])).toBe(0);
    expect(after(second)).toBe(0);
    expect(after([...second, started(2)])).toBe(0);
    expect(after([...second, started(2)], 2)).toBeNull();
    expect(after([...second, failed(2), ended('capacity_unavailable', STARTED_AT)], 2)).toBe(0);
  });

  it('at once when the rental ended before the placement was recorded', () => {
    expect(after([...paid, ended('buyer_stopped', STARTED_AT)])).toBe(0);
    expect(after([...paid, placed(), failed(), ended('buyer_stopped', STARTED_AT)], 2)).toBe(0);
  });

  it('once access is revoked', () => {
    expect(after([...running, ended('buyer_stopped', STARTED_AT + MINUTE), revoked(STARTED_AT + MINUTE)])).toBe(0);
  });

  it('a minute after paid-until on a machine that says nothing, not after the end', () => {
    expect(after([...running, ended('node_failed', STARTED_AT + MINUTE)])).toBe(ENDS_AT + 60 * SECOND);
  });

  it('a minute after the whole term on one that never started: it was told no earlier end', () => {
    const told = placement().placedAt + 60 * SECOND + 60 * MINUTE;
    expect(after([...paid, placed(), ended('buyer_stopped', STARTED_AT)])).toBe(told + 60 * SECOND);
  });
});
