/** Checkpoints in a directory of this machine, each under the hash of its content. */

import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ids } from '@tokenos/runtime/ids';
import type { Checkpoints } from '../leases/ports.js';

/** `maxBytes`: of one checkpoint, so that no buyer fills the disk with what outlives the lease. */
export function localCheckpoints(dir: string, maxBytes: number, ids: Ids): Checkpoints {
  return {
    async save(content) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const draft = join(dir, `${ids.next()}.part`);
      const file = await open(draft, 'wx', 0o600);
      try {
        const hash = createHash('sha256');
        let bytes = 0;
        for await (const chunk of content) {
          bytes += chunk.length;
          if (bytes > maxBytes) throw new Error(`a checkpoint may have at most ${maxBytes} bytes`);
          hash.update(chunk);
          await file.write(chunk);
        }
        await file.sync();
        const sha256 = hash.digest('hex');
        await rename(draft, join(dir, `${sha256}.tar`));
        return { where: `local/${sha256}.tar`, sha256, bytes };
      } finally {
        await file.close();
        await rm(draft, { force: true });
      }
    },
  };
}
