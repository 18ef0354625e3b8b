/** A buyer's own rentals: someone else's does not exist here. */

import { Inject } from '@nestjs/common';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { fold } from '@tokenos/domain/decider';
import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { DATABASE, STORE } from '@tokenos/runtime/service/tokens';
import { streamName } from '@tokenos/runtime/stream-kind';
import type { Kysely } from 'kysely';
import { problemOf } from '../problem/problem.js';
import type { GatewayTables } from '../view/tables.js';
import type { KnownRental } from './rental-answers.js';

export interface FoundRental {
  readonly state: KnownRental;
  readonly envelopes: readonly Envelope[];
}

export class OwnRentals {
  constructor(
    @Inject(STORE) private readonly store: EventStore,
    @Inject(DATABASE) private readonly db: Kysely<GatewayTables>,
  ) {}

  /** Throws `not_found`. */
  async find(buyerId: string, rentalId: string): Promise<FoundRental> {
    const found = await this.read(rentalId);
    if (found?.state.rental.buyerId !== buyerId) throw problemOf('not_found');
    return found;
  }

  async read(rentalId: string): Promise<FoundRental | null> {
    const envelopes = await this.store.read(streamName('rental', rentalId));
    const state = fold(rentalStream.decider, envelopes.map(rentalStream.decode));
    return state.status === 'absent' ? null : { state, envelopes };
  }

  /** Newest first, from the one after `cursor` on. */
  async page(
    buyerId: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<{ ids: string[]; next: string | null }> {
    const newest = this.db.selectFrom('rentals').select('rental_id').where('buyer_id', '=', buyerId);
    const from = cursor === undefined ? newest : newest.where('rental_id', '<', cursor);
    const rows = await from
      .orderBy('rental_id', 'desc')
      .limit(limit + 1)
      .execute();
    const ids = rows.slice(0, limit).map((row) => row.rental_id);
    return { ids, next: rows.length > limit ? (ids.at(-1) ?? null) : null };
  }
}
