/** What reputation must be told beside what every service is: nothing. */

import { z } from 'zod';

export const reputationConfig = z.object({});
