/** Starts the outbox. */

import { startService } from '@tokenos/runtime/service/start-service';
import { outboxConfig } from './config.js';
import { OutboxModule } from './outbox.module.js';

void startService({ name: 'outbox', config: outboxConfig, module: OutboxModule, duties: false });
