/** The errands of leases on this node: notices in their workspaces and sessions, checkpoints in a directory beside them. */

import { join } from 'node:path';
import { randomIds } from '@tokenos/runtime/ids';
import { keyOf } from '../leases/lease.js';
import type { ErrandRunner } from '../leases/ports.js';
import type { OpenSessions } from '../ssh/open-sessions.js';
import { packed } from './checkpoint.js';
import { workspaceOfLease } from './lease-machines.js';
import { localCheckpoints } from './local-checkpoints.js';
import { giveNotice, noticeText } from './notice.js';

const MAX_CHECKPOINT_BYTES = 4 * 1024 ** 3;

export function leaseErrands(dataDir: string, sessions: OpenSessions): ErrandRunner {
  const checkpoints = localCheckpoints(join(dataDir, 'checkpoints'), MAX_CHECKPOINT_BYTES, randomIds);
  return {
    tell: (lease, { link }, at) =>
      giveNotice(workspaceOfLease(dataDir, lease), link, noticeText(at), (line) => sessions.tell(keyOf(lease), line)),
    save: ({ link }, path) => checkpoints.save(packed(link, path)),
  };
}
