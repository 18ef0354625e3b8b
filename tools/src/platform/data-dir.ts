/** Where `npm start` keeps what must outlive it: databases, streams, keys, balances. Below the repository, ignored by git. */

import { join } from 'node:path';

export const DATA_DIR = join(process.cwd(), '.data');
