/** What settlement says of itself to the runtime. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { settlementConfig } from './config.js';
import { reactions } from './reactions.js';
import { SettlementModule } from './settlement.module.js';
import { settlementView } from './view/view.js';

export const settlementService = {
  name: 'settlement',
  config: settlementConfig,
  module: SettlementModule,
  seal,
  follows: { categories: ['rental', 'payment', 'operator', 'anchor'], view: settlementView, reactions },
};
