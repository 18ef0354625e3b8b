/** Every story, in the order in which one reads them. */

import { ordinary } from './ordinary.js';
import { reserved } from './reserved.js';
import type { Story } from './story.js';

export const stories: readonly Story[] = [ordinary, reserved];
