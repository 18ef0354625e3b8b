/** The gateway reacts to no fact: people and machines ask, it answers. */

import type { Reactions } from '@tokenos/runtime/views/view';

export const reactions: Reactions = () => [];
