/** What allocation says of itself to the runtime. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { AllocationModule } from './allocation.module.js';
import { allocationConfig } from './config.js';
import { reactions } from './reactions.js';
import { allocationView } from './sql/view.js';

export const allocationService = {
  name: 'allocation',
  config: allocationConfig,
  module: AllocationModule,
  seal,
  follows: { categories: ['rental', 'node', 'operator'], view: allocationView, reactions },
};
