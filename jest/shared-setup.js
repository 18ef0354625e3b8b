/** A folder that all spec files of one run share, for what takes long to make; gone when the run is over (shared-teardown.js). */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default async () => {
  process.env.TOKENOS_SHARED_BY_SPECS = await mkdtemp(join(tmpdir(), 'tokenos-shared-'));
};
