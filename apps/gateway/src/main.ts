/** Starts the gateway. */

import { startService } from '@tokenos/runtime/service/start-service';
import { gatewayService } from './service.js';

void startService(gatewayService);
