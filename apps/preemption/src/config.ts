/** What preemption must be told beside what every service is: nothing. */

import { z } from 'zod';

export const preemptionConfig = z.object({});
