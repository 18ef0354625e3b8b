/** Starts preemption. */

import { startService } from '@tokenos/runtime/service/start-service';
import { preemptionService } from './service.js';

void startService(preemptionService);
