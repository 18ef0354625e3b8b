/** The services that keep a view of the facts, and so can be asked to rebuild it. */

import { SERVICES, type ServiceName } from '../platform/services.js';

/** The outbox keeps none. */
export const VIEWING: readonly ServiceName[] = SERVICES.filter((name) => name !== 'outbox');
