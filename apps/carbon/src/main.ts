/** Starts carbon. */

import { startService } from '@tokenos/runtime/service/start-service';
import { carbonService } from './service.js';

void startService(carbonService);
