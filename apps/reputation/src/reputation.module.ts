/** Puts reputation together: facts in, one score per operator and day out. */

import { Module } from '@nestjs/common';
import type { Clock } from '@tokenos/runtime/clock';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import type { Handler } from '@tokenos/runtime/handle';
import { CLOCK, DATABASE, DUTY_HANDLERS, FOLLOWER, HANDLE, STORE } from '@tokenos/runtime/service/tokens';
import type { DutyHandlers } from '@tokenos/runtime/views/duty';
import type { FactFollower } from '@tokenos/runtime/views/follow';
import type { Kysely } from 'kysely';
import { reputationDuties } from './duties/duties.js';
import { postgresRecords } from './repositories/postgres.js';
import type { ReputationTables } from './view/tables.js';

function dutyHandlers(
  clock: Clock,
  db: Kysely<ReputationTables>,
  act: Handler,
  store: EventStore,
  follower: FactFollower,
): DutyHandlers {
  const read = (stream: string) => store.read(stream);
  return reputationDuties({ records: postgresRecords(db), act, read, clock, catchUp: () => follower.catchUp() });
}

@Module({
  providers: [{ provide: DUTY_HANDLERS, useFactory: dutyHandlers, inject: [CLOCK, DATABASE, HANDLE, STORE, FOLLOWER] }],
})
export class ReputationModule {}
