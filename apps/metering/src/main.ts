/** Starts metering. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { startService } from '@tokenos/runtime/service/start-service';
import { meteringConfig } from './config.js';
import { MeteringModule } from './metering.module.js';
import { reactions } from './reactions.js';
import { meteringView } from './view/view.js';

void startService({
  name: 'metering',
  config: meteringConfig,
  module: MeteringModule,
  seal,
  follows: { categories: ['rental', 'node'], view: meteringView, reactions },
});
