/** The weather of the swarm: every process dies every few minutes, and the bus is as bad as a bus may be. */

import { SECOND } from '@tokenos/domain/time';
import type { Mischief } from '../kernel/mischief.js';

export const STORMY: Mischief = {
  lost: 50,
  doubled: 100,
  slowestMs: 400,
  lifeSteps: 300,
  awayMs: 3 * SECOND,
};
