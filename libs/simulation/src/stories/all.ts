/** Every story, in the order in which one reads them. */

import { failover, nobodyCanServe } from './failover.js';
import { ordinary } from './ordinary.js';
import { preemption } from './preemption.js';
import { reserved } from './reserved.js';
import type { Story } from './story.js';
import { busGone, extension, vanished } from './trouble.js';

export const stories: readonly Story[] = [
  ...[ordinary, extension, preemption, failover, nobodyCanServe],
  ...[busGone, vanished, reserved],
];
