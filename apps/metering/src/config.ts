/** What metering must be told beside what every service is: nothing. */

import { z } from 'zod';

export const meteringConfig = z.object({});
