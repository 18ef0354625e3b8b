/** Reads what operators are worth: everyone's latest score, and one's last days. */

import { Inject } from '@nestjs/common';
import type { ReputationAnswer } from '@tokenos/contracts/api/reputation';
import { NO_RECORD, reputation, type Reputation } from '@tokenos/domain/reputation/reputation';
import { DATABASE } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import { SHOWN_DAYS, standingOf } from '../public/standing.js';
import type { GatewayTables } from './tables.js';

const NEWCOMER = reputation(NO_RECORD);

/** Of everyone, also of whom nothing is known yet. */
export type ReputationOf = (operatorId: string) => Reputation;

export class Reputations {
  constructor(@Inject(DATABASE) private readonly db: Kysely<GatewayTables>) {}

  async latest(): Promise<ReputationOf> {
    const rows = await this.db
      .selectFrom('operators')
      .innerJoin('scores', (join) =>
        join.onRef('scores.operator_id', '=', 'operators.operator_id').onRef('scores.day', '=', 'operators.score_day'),
      )
      .select(['operators.operator_id', 'score_bps', 'tier', 'provisional'])
      .execute();
    const known = new Map(
      rows.map(({ operator_id, score_bps, tier, provisional }) => [
        operator_id,
        { scoreBps: score_bps, tier, provisional },
      ]),
    );
    return (operatorId) => known.get(operatorId) ?? NEWCOMER;
  }

  /** Null: nobody of this name is an operator. */
  async standing(operatorId: string): Promise<ReputationAnswer | null> {
    const operator = await this.db
      .selectFrom('operators')
      .select('operator_id')
      .where('operator_id', '=', operatorId)
      .executeTakeFirst();
    if (operator === undefined) return null;
    const rows = await this.db
      .selectFrom('scores')
      .selectAll()
      .where('operator_id', '=', operatorId)
      .orderBy('day', 'desc')
      .limit(SHOWN_DAYS + 1)
      .execute();
    const scores = rows.map(({ day, score_bps, tier, provisional, inputs }) => ({
      ...{ day, tier, provisional, inputs },
      scoreBps: score_bps,
    }));
    return standingOf(operatorId, scores);
  }
}
