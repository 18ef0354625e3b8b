/** What a story is: who is there, what happens to them, and how long it may take. */

import type { Code } from '@tokenos/audit/finding';
import type { Millis } from '@tokenos/domain/time';
import type { MachineOnStage } from '../platform/platform.js';
import type { Stage } from './stage.js';

export interface Story {
  /** Of its transcript: docs/stories/<name>.txt. */
  readonly name: string;
  /** What it shows, in a sentence or two. */
  readonly about: string;
  readonly machines: readonly MachineOnStage[];
  /** Too long for a run in which every step counts. */
  readonly isLong?: boolean;
  /** It must have come to its end by then. */
  readonly within: Millis;
  /** Minutes depend on how soon somebody acts: with processes dying they are others, and only the books must be right. */
  readonly isRace?: boolean;
  /** What the auditor will find, because the story is about just that. */
  readonly expects?: readonly Code[];
  /** Called once, when the stage is set: says what happens when. */
  readonly plot: (stage: Stage) => void;
}
