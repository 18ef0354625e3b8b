/** What preemption says of itself to the runtime. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { preemptionConfig } from './config.js';
import { PreemptionModule } from './preemption.module.js';
import { reactions } from './reactions.js';
import { preemptionView } from './sql/view.js';

export const preemptionService = {
  name: 'preemption',
  config: preemptionConfig,
  module: PreemptionModule,
  seal,
  follows: { categories: ['rental', 'node', 'operator'], view: preemptionView, reactions },
};
