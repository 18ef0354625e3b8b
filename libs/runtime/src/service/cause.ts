/** What led to the work under way: carried along asynchronous calls, so that every log line and every appended fact names it. */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Envelope } from '../event-store/envelope.js';
import type { Cause } from '../handle.js';

const causes = new AsyncLocalStorage<Cause>();

export const withCause = <T>(cause: Cause, work: () => T): T => causes.run(cause, work);

export const currentCause = (): Cause | undefined => causes.getStore();

export const causedBy = ({ correlationId, id }: Envelope): Cause => ({ correlationId, causationId: id });
