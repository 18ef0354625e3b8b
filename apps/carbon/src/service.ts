/** What carbon says of itself to the runtime. */

import { seal } from '@tokenos/contracts/envelope/seal';
import type { View } from '@tokenos/runtime/views/view';
import { CarbonModule } from './carbon.module.js';
import { carbonConfig } from './config.js';
import { reactions } from './reactions.js';

/** It keeps nothing of the facts: they only make duties due. */
const noView: View<object> = { migrations: {}, tables: [], apply: async () => undefined };

export const carbonService = {
  name: 'carbon',
  config: carbonConfig,
  module: CarbonModule,
  seal,
  follows: { categories: ['rental'], view: noView, reactions },
};
