/** All that allocation keeps, behind one port each: repositories hold SQL, nothing else does. */

import type { Fleet } from './fleet.js';
import type { GpuLock } from './gpu-lock.js';
import type { ProbeKeys } from './probe-keys.js';

export interface Stores {
  readonly fleet: Fleet;
  readonly gpuLock: GpuLock;
  readonly probeKeys: ProbeKeys;
}
