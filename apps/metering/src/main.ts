/** Starts metering. */

import { startService } from '@tokenos/runtime/service/start-service';
import { meteringService } from './service.js';

void startService(meteringService);
