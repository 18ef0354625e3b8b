/** The stories that the demo can tell, by the name that `--story` takes. */

import type { StoryReport } from './report.js';
import { mainStory, type StoryParts } from './story.js';

export const STORIES = {
  rental: mainStory,
} as const satisfies Readonly<Record<string, (parts: StoryParts) => Promise<StoryReport>>>;

export type StoryName = keyof typeof STORIES;
export const STORY_NAMES = Object.keys(STORIES) as StoryName[];
