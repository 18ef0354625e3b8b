/** What reputation says of itself to the runtime. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { reputationConfig } from './config.js';
import { reactions } from './reactions.js';
import { ReputationModule } from './reputation.module.js';
import { CATEGORIES, reputationView } from './view/view.js';

export const reputationService = {
  name: 'reputation',
  config: reputationConfig,
  module: ReputationModule,
  seal,
  follows: { categories: CATEGORIES, view: reputationView, reactions },
};
