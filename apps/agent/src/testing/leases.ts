/** Desired leases for tests. */

import { randomUUID } from 'node:crypto';
import type { DesiredLease } from '@tokenos/contracts/agent/protocol';

/** Paid for an hour, unless told otherwise. */
export function desired(over: Partial<DesiredLease>): DesiredLease {
  return {
    rentalId: randomUUID(),
    attempt: 1,
    revision: 3,
    state: 'run',
    gpuUuids: ['GPU-0'],
    username: 'buyer1',
    authorizedKeys: [],
    probeKey: 'ssh-ed25519 AAAA',
    paidUntil: new Date(Date.now() + 3_600_000).toISOString(),
    ...over,
  };
}
