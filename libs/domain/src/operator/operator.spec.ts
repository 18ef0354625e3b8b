/** An operator is registered once, with one payout wallet. */

import { address } from '@tokenos/testing/generators/names';
import { storiesOf } from '@tokenos/testing/given';
import { operatorDecider } from './operator.js';

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
});
