/** The facts of `operator-<id>` that the main path needs, and their decider: who is paid, and where. */

import { accepted, ignored, rejected, type Decider } from '../decider.js';

export interface OperatorRegistered {
  readonly operatorId: string;
  /** Payout wallet; must already have a USDC token account. */
  readonly wallet: string;
}

export type OperatorFact = { readonly type: 'OperatorRegistered'; readonly data: OperatorRegistered };

export type OperatorCommand = {
  readonly type: 'RegisterOperator';
  readonly operatorId: string;
  readonly wallet: string;
};

export type OperatorState =
  | { readonly status: 'absent' }
  | { readonly status: 'registered'; readonly operatorId: string; readonly wallet: string };

export const operatorDecider: Decider<OperatorState, OperatorCommand, OperatorFact> = {
  initialState: { status: 'absent' },
  decide: (state, { operatorId, wallet }) => {
    if (state.status === 'absent') return accepted({ type: 'OperatorRegistered', data: { operatorId, wallet } });
    return state.wallet === wallet
      ? ignored('registered with this wallet already')
      : rejected({ code: 'operator_exists', context: { operatorId } });
  },
  evolve: (_, fact) => ({ status: 'registered', ...fact.data }),
};
