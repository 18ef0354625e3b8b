/** Starts reputation. */

import { startService } from '@tokenos/runtime/service/start-service';
import { reputationService } from './service.js';

void startService(reputationService);
