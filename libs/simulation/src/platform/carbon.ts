/** Carbon in the simulation: its own duty and reactions; it keeps nothing. */

import { carbonDuties } from '@tokenos/carbon/duties/duties';
import { reactions } from '@tokenos/carbon/reactions';
import type { Blueprint } from './service.js';

export const carbon = (): Blueprint => ({
  name: 'carbon',
  categories: ['rental'],
  reactions,
  apply: async () => undefined,
  open: ({ act }) => ({ duties: carbonDuties({ act }) }),
});
