/** Folds `anchor-<day>` into what was published, and lists it. */

import { Inject } from '@nestjs/common';
import type { AnchorsAnswer } from '@tokenos/contracts/api/anchors';
import { anchorFacts } from '@tokenos/contracts/facts/anchor';
import type { AnchorFact } from '@tokenos/domain/anchor/facts';
import type { Day } from '@tokenos/domain/day';
import { DATABASE } from '@tokenos/runtime/service/tokens';
import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import type { GatewayTables } from './tables.js';

export async function applyAnchorFact(tx: Transaction<GatewayTables>, day: Day, fact: AnchorFact): Promise<void> {
  if (fact.type !== 'AnchorPublished') return;
  const published = JSON.stringify(z.encode(anchorFacts['AnchorPublished.v1'], fact.data));
  await tx.insertInto('anchors').values({ day, published }).execute();
}

export class Anchors {
  constructor(@Inject(DATABASE) private readonly db: Kysely<GatewayTables>) {}

  /** Newest first. */
  async list(before: Day | undefined, limit: number): Promise<AnchorsAnswer['items']> {
    const query = this.db.selectFrom('anchors').select('published').orderBy('day', 'desc').limit(limit);
    const rows = await (before === undefined ? query : query.where('day', '<', before)).execute();
    return rows.map(({ published }) => published);
  }
}
