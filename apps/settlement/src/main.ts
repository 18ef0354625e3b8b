/** Starts settlement. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { startService } from '@tokenos/runtime/service/start-service';
import { settlementConfig } from './config.js';
import { reactions } from './reactions.js';
import { SettlementModule } from './settlement.module.js';
import { settlementView } from './view/view.js';

void startService({
  name: 'settlement',
  config: settlementConfig,
  configPrefix: 'SETTLEMENT_',
  module: SettlementModule,
  seal,
  follows: { categories: ['rental', 'payment', 'operator'], view: settlementView, reactions },
});
