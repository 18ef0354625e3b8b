/** An operator is registered once; its payout wallet changes slowly, its score once a day. */

import { address } from '@tokenos/testing/generators/names';
import { storiesOf } from '@tokenos/testing/given';
import { NO_RECORD, reputation } from '../reputation/reputation.js';
import { HOUR } from '../time.js';
import { operatorDecider, walletAt, type OperatorFact } from './operator.js';

const given = storiesOf(operatorDecider);
const register = (wallet: string) => ({ type: 'RegisterOperator', operatorId: 'op', wallet }) as const;

describe('an operator', () => {
  it('registers once; the same again is ignored, another wallet is refused', () => {
    const story = given()
      .when(register(address('Worker')))
      .then({ type: 'OperatorRegistered', data: { operatorId: 'op', wallet: address('Worker') } })
      .when(register(address('Worker')))
      .thenIgnored('registered with this wallet already')
      .when(register(address('Thief')))
      .thenRejected('operator_exists', { operatorId: 'op' });
    expect(story.state).toEqual({
      status: 'registered',
      operatorId: 'op',
      wallet: address('Worker'),
      change: null,
      reputation: null,
    });
  });

  const T0 = Date.parse('2026-11-23T09:00:00.000Z');
  const [old, fresh, thief] = [address('Worker'), address('Fresh'), address('Thief')];
  const registered: OperatorFact = { type: 'OperatorRegistered', data: { operatorId: 'op', wallet: old } };
  const change = (wallet: string, at = T0) => ({ type: 'ChangeWallet', at, wallet }) as const;
  const changed = (wallet: string, effectiveAt: number): OperatorFact => ({
    type: 'OperatorWalletChanged',
    data: { wallet, effectiveAt },
  });

  it('is paid to a new wallet 48 hours after it asked, and no second change can push the first aside', () => {
    const { state } = given(registered)
      .when(change(old))
      .thenIgnored('this is its wallet')
      .when(change(fresh))
      .then(changed(fresh, T0 + 48 * HOUR))
      .when(change(fresh, T0 + HOUR))
      .thenIgnored('on its way already')
      .when(change(thief, T0 + 47 * HOUR))
      .thenRejected('wallet_change_pending', { wallet: fresh, effectiveAt: T0 + 48 * HOUR });
    if (state.status === 'absent') throw new Error('it is registered');
    expect(walletAt(state, T0 + 48 * HOUR - 1)).toBe(old);
    expect(walletAt(state, T0 + 48 * HOUR)).toBe(fresh);
    const later = given(registered, changed(fresh, T0 + 48 * HOUR))
      .when(change(fresh, T0 + 50 * HOUR))
      .thenIgnored('this is its wallet')
      .when(change(thief, T0 + 50 * HOUR))
      .then(changed(thief, T0 + 98 * HOUR)).state;
    if (later.status === 'absent') throw new Error('it is registered');
    expect(walletAt(later, T0 + 97 * HOUR)).toBe(fresh);
    given().when(change(fresh)).thenRejected('operator_absent');
  });

  it('gets one score a day, in the order of days', () => {
    const score = (day: string) => ({ day, rules: 'reputation@1', inputs: NO_RECORD, ...reputation(NO_RECORD) });
    const record = (day: string) => ({ type: 'RecordReputation', recomputed: score(day) }) as const;
    given(registered)
      .when(record('2026-11-24'))
      .then({ type: 'ReputationRecomputed', data: score('2026-11-24') })
      .when(record('2026-11-24'))
      .thenIgnored('computed already')
      .when(record('2026-11-23'))
      .thenRejected('bad_day', { day: '2026-11-23', after: '2026-11-24' })
      .when(record('2026-11-25'))
      .then({ type: 'ReputationRecomputed', data: score('2026-11-25') });
  });
});
