/** Enrolment tokens: hashed at rest, counted per machine, and safe to use again by the machine that used one. */

import { Inject } from '@nestjs/common';
import { sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { usdc, type MicroUsdc } from '@tokenos/domain/money';
import type { Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, DATABASE } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import type { Entropy } from '../entropy.js';
import { problemOf } from '../problem/problem.js';
import { ENTROPY } from '../tokens.js';
import type { GatewayTables } from '../view/tables.js';

export interface NewToken {
  readonly operatorId: string;
  readonly rateMicroUsdcPerHour: MicroUsdc;
  readonly uses: number;
  readonly ttl: Millis;
}

export interface Admitted {
  readonly operatorId: string;
  readonly rateMicroUsdcPerHour: MicroUsdc;
}

export class EnrolmentTokens {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<GatewayTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ENTROPY) private readonly entropy: Entropy,
  ) {}

  async issue({
    operatorId,
    rateMicroUsdcPerHour,
    uses,
    ttl,
  }: NewToken): Promise<{ token: string; expiresAt: Millis }> {
    const token = this.entropy.secret();
    const expiresAt = this.clock.now() + ttl;
    await this.db
      .insertInto('enrolment_tokens')
      .values({
        token_sha256: sha256Hex(token),
        operator_id: operatorId,
        rate: rateMicroUsdcPerHour,
        uses_left: uses,
        expires_at: expiresAt,
      })
      .execute();
    return { token, expiresAt };
  }

  /** Takes one use for this machine, or finds that it took one before. Throws `bad_enrolment_token`. */
  async admit(token: string, nodeId: string): Promise<Admitted> {
    const hash = sha256Hex(token);
    return this.db.transaction().execute(async (tx) => {
      const row = await tx
        .selectFrom('enrolment_tokens')
        .selectAll()
        .where('token_sha256', '=', hash)
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined) throw problemOf('bad_enrolment_token');
      const admitted = { operatorId: row.operator_id, rateMicroUsdcPerHour: usdc(row.rate) };
      const taken = await tx
        .insertInto('enrolments')
        .values({ token_sha256: hash, node_id: nodeId })
        .onConflict((conflict) => conflict.doNothing())
        .returning('node_id')
        .executeTakeFirst();
      if (taken === undefined) return admitted;
      if (row.uses_left === 0 || row.expires_at <= BigInt(this.clock.now())) throw problemOf('bad_enrolment_token');
      await tx
        .updateTable('enrolment_tokens')
        .set({ uses_left: row.uses_left - 1 })
        .where('token_sha256', '=', hash)
        .execute();
      return admitted;
    });
  }

  /** The machine was refused: its use is given back. */
  async giveBack(token: string, nodeId: string): Promise<void> {
    const hash = sha256Hex(token);
    await this.db.transaction().execute(async (tx) => {
      const gone = await tx
        .deleteFrom('enrolments')
        .where('token_sha256', '=', hash)
        .where('node_id', '=', nodeId)
        .returning('node_id')
        .executeTakeFirst();
      if (gone === undefined) return;
      await tx
        .updateTable('enrolment_tokens')
        .set((is) => ({ uses_left: is('uses_left', '+', 1) }))
        .where('token_sha256', '=', hash)
        .execute();
    });
  }
}
