/** Starts settlement. */

import { startService } from '@tokenos/runtime/service/start-service';
import { settlementService } from './service.js';

void startService(settlementService);
