/** The stories that the demo can tell, by the name that `--story` takes. */

import type { PlatformOptions } from '../platform/platform.js';
import { nodeFailureStory } from './node-failure.js';
import { preemptionStory } from './preemption-story.js';
import type { StoryReport } from './report.js';
import { mainStory, type StoryParts } from './story.js';

interface Story {
  readonly tell: (parts: StoryParts) => Promise<StoryReport>;
  /** What the services are told otherwise than by default. */
  readonly environment?: NonNullable<PlatformOptions['environment']>;
}

export const STORY_NAMES = ['rental', 'preemption', 'node-failure'] as const;
export type StoryName = (typeof STORY_NAMES)[number];

/** There is one GPU, and by default SPOT leaves the last idle one of a class alone. */
const NO_RESERVE = { allocation: { ALLOCATION_SPOT_RESERVE: '0' }, gateway: { SPOT_RESERVE: '0' } };

export const STORIES: Readonly<Record<StoryName, Story>> = {
  rental: { tell: mainStory },
  preemption: { tell: preemptionStory, environment: NO_RESERVE },
  'node-failure': { tell: nodeFailureStory },
};
