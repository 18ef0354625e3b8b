/** Folds `operator-<id>` into who they are and what each day's score was. */

import type { OperatorFact } from '@tokenos/domain/operator/operator';
import type { Transaction } from 'kysely';
import type { GatewayTables } from './tables.js';

export async function applyOperatorFact(
  tx: Transaction<GatewayTables>,
  operatorId: string,
  fact: OperatorFact,
): Promise<void> {
  if (fact.type === 'OperatorRegistered') {
    await tx.insertInto('operators').values({ operator_id: operatorId, score_day: null }).execute();
  }
  if (fact.type === 'ReputationRecomputed') {
    const { day, scoreBps, tier, provisional, inputs } = fact.data;
    await tx
      .insertInto('scores')
      .values({
        ...{ operator_id: operatorId, day, tier, provisional },
        score_bps: scoreBps,
        inputs: JSON.stringify(inputs),
      })
      .execute();
    await tx.updateTable('operators').set({ score_day: day }).where('operator_id', '=', operatorId).execute();
  }
}
