/** Starts allocation. */

import { startService } from '@tokenos/runtime/service/start-service';
import { allocationService } from './service.js';

void startService(allocationService);
