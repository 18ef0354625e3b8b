/** Preemption's stores on Postgres. */

import type { Kysely } from 'kysely';
import type { Stores } from '../ports/stores.js';
import { sqlFleet } from './fleet.js';
import { sqlPlanBook } from './plan-book.js';
import type { PreemptionTables } from './tables.js';

export const sqlStores = (db: Kysely<PreemptionTables>): Stores => ({ fleet: sqlFleet(db), planBook: sqlPlanBook(db) });
