/** Desired leases for tests. */

import type { DesiredLease } from '@tokenos/contracts/agent/protocol';
import { systemClock } from '@tokenos/runtime/clock';
import { randomIds } from '@tokenos/runtime/ids';

/** Paid for an hour, unless told otherwise. */
export function desired(over: Partial<DesiredLease>): DesiredLease {
  return {
    rentalId: randomIds.next(),
    attempt: 1,
    revision: 3,
    state: 'run',
    gpuUuids: ['GPU-0'],
    username: 'buyer1',
    authorizedKeys: [],
    probeKey: 'ssh-ed25519 AAAA',
    paidUntil: new Date(systemClock().now() + 3_600_000).toISOString(),
    ...over,
  };
}
