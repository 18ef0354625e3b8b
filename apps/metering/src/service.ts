/** What metering says of itself to the runtime. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { meteringConfig } from './config.js';
import { MeteringModule } from './metering.module.js';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { reactions } from './reactions.js';
import { uptimeReactions } from './uptime/reactions.js';
import { meteringView } from './view/view.js';

export const meteringService = {
  name: 'metering',
  config: meteringConfig,
  module: MeteringModule,
  seal,
  follows: {
    categories: ['rental', 'node'],
    view: meteringView,
    reactions: (envelope: Envelope) => [...reactions(envelope), ...uptimeReactions(envelope)],
  },
};
