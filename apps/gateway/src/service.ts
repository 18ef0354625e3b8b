/** What the gateway says of itself to the runtime. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { gatewayConfig } from './config.js';
import { configure } from './edge/configure.js';
import { GatewayModule } from './gateway.module.js';
import { reactions } from './reactions.js';
import { CATEGORIES, gatewayView } from './view/view.js';

export const gatewayService = {
  name: 'gateway',
  config: gatewayConfig,
  module: GatewayModule,
  seal,
  follows: { categories: CATEGORIES, view: gatewayView, reactions },
  configure,
  duties: false,
};
