/** Puts preemption together: facts, heartbeats and shortages wake duties, duties decide. */

import { Module } from '@nestjs/common';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { CLOCK, DATABASE, DUTIES, DUTY_HANDLERS, HANDLE } from '@tokenos/runtime/service/tokens';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import type { Kysely } from 'kysely';
import { BusController } from './bus.controller.js';
import { preemptionDuties } from './duties/duties.js';
import { Machines } from './machines.js';
import type { Parts } from './parts.js';
import { sqlStores } from './sql/stores.js';
import type { PreemptionTables } from './sql/tables.js';
import { PARTS } from './tokens.js';

const preemptionParts = (clock: Clock, db: Kysely<PreemptionTables>, act: Handler, queue: DutyQueue): Parts => ({
  ...sqlStores(db),
  ...{ act, queue, clock },
  machines: new Machines(clock),
});

@Module({
  controllers: [BusController],
  providers: [
    { provide: PARTS, useFactory: preemptionParts, inject: [CLOCK, DATABASE, HANDLE, DUTIES] },
    { provide: DUTY_HANDLERS, useFactory: preemptionDuties, inject: [PARTS] },
  ],
})
export class PreemptionModule {}
