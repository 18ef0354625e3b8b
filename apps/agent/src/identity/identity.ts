/** Who this node is: fixed on the first run, kept for ever in the data directory. */

import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Ids } from '@tokenos/runtime/ids';
import { writePrivately } from './private-file.js';

const schema = z.strictObject({
  nodeId: z.uuid(),
  /** Chosen at the first listen; buyers know it. Null before. */
  sshPort: z.int().min(1).max(65_535).nullable(),
  enrolled: z.boolean(),
  /** How far the platform's time was ahead of this machine's when it last said so. */
  platformAheadMs: z.int().default(0),
});
export type Identity = z.infer<typeof schema>;

export interface IdentityFile {
  read(): Identity;
  update(change: Partial<Omit<Identity, 'nodeId'>>): Identity;
}

export function identityFile(path: string, ids: Ids): IdentityFile {
  const read = (): Identity => schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const write = (identity: Identity): Identity => {
    writePrivately(path, `${JSON.stringify(identity, null, 2)}\n`);
    return identity;
  };
  if (!existsSync(path)) write({ nodeId: ids.next(), sshPort: null, enrolled: false, platformAheadMs: 0 });
  return { read, update: (change) => write({ ...read(), ...change }) };
}
