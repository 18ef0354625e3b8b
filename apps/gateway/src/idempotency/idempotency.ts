/** Idempotency keys: the same request again gets the same answer; what it makes has its id before anything is appended. */

import { problemOf } from '../problem/problem.js';
import type { Kysely } from 'kysely';
import type { GatewayTables } from '../view/tables.js';

export interface KeyedRequest {
  readonly callerId: string;
  readonly key: string;
  /** SHA-256 over method, address and body. */
  readonly fingerprint: string;
  /** Used only where this key is new. */
  readonly freshId: string;
  /** The answer holds a secret: it is never stored, and a repeat is told how to replace it. */
  readonly secret: boolean;
}

export type Begun =
  /** `reservedId` is what an earlier try of the same request used, if there was one. */
  | { readonly kind: 'go'; readonly reservedId: string; readonly first: boolean }
  | { readonly kind: 'replay'; readonly answer: unknown };

export class Idempotency {
  constructor(private readonly db: Kysely<GatewayTables>) {}

  /** Throws `idempotency_key_reused` or `secret_already_delivered`. */
  async begin({ callerId, key, fingerprint, freshId, secret }: KeyedRequest): Promise<Begun> {
    const inserted = await this.db
      .insertInto('idempotency_keys')
      .values({ caller_id: callerId, key, fingerprint, reserved_id: freshId })
      .onConflict((conflict) => conflict.columns(['caller_id', 'key']).doNothing())
      .returning('reserved_id')
      .executeTakeFirst();
    if (inserted !== undefined) return { kind: 'go', reservedId: freshId, first: true };
    const row = await this.row(callerId, key).selectAll().executeTakeFirst();
    // Given up in between by whoever held it: begin anew.
    if (row === undefined) return this.begin({ callerId, key, fingerprint, freshId, secret });
    if (row.fingerprint !== fingerprint) throw problemOf('idempotency_key_reused');
    if (secret) throw problemOf('secret_already_delivered', { detail: REPLACE });
    if (row.answer !== null) return { kind: 'replay', answer: row.answer };
    // Another try is under way, or died half-way: the same id again, so that both come to the same end.
    return { kind: 'go', reservedId: row.reserved_id, first: false };
  }

  /** The first answer counts, for good; gives the one that does. */
  async finish(request: KeyedRequest, reservedId: string, answer: unknown): Promise<unknown> {
    if (request.secret) return answer;
    const { callerId, key, fingerprint } = request;
    const text = JSON.stringify(answer);
    await this.db
      .insertInto('idempotency_keys')
      .values({ caller_id: callerId, key, fingerprint, reserved_id: reservedId, answer: text })
      .onConflict((conflict) =>
        conflict
          .columns(['caller_id', 'key'])
          .doUpdateSet({ answer: text })
          .where('idempotency_keys.answer', 'is', null),
      )
      .execute();
    const kept = await this.row(callerId, key).select('answer').executeTakeFirstOrThrow();
    return kept.answer;
  }

  /** A refused request changed nothing, so its key is free again, for instance for the corrected request. */
  async giveUp({ callerId, key }: KeyedRequest): Promise<void> {
    await this.db
      .deleteFrom('idempotency_keys')
      .where('caller_id', '=', callerId)
      .where('key', '=', key)
      .where('answer', 'is', null)
      .execute();
  }

  private row(callerId: string, key: string) {
    return this.db.selectFrom('idempotency_keys').where('caller_id', '=', callerId).where('key', '=', key);
  }
}

const REPLACE = 'The answer held a secret and is not kept. POST again with a new Idempotency-Key: that replaces it.';
