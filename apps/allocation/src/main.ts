/** Starts allocation. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { startService } from '@tokenos/runtime/service/start-service';
import { AllocationModule } from './allocation.module.js';
import { allocationConfig } from './config.js';
import { reactions } from './reactions.js';
import { allocationView } from './view/view.js';

void startService({
  name: 'allocation',
  config: allocationConfig,
  module: AllocationModule,
  seal,
  follows: { categories: ['rental', 'node'], view: allocationView, reactions },
});
