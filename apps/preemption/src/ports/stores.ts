/** All that preemption keeps, behind one port each: repositories hold SQL, nothing else does. */

import type { Fleet } from './fleet.js';
import type { PlanBook } from './plan-book.js';

export interface Stores {
  readonly fleet: Fleet;
  readonly planBook: PlanBook;
}
