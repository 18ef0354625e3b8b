/**
 * A process that may die between any two steps it takes. A step is a call on something outside it: the store, its database, the
 * chain. In woven time each call first waits its turn and waits again before its answer is heard, so that others act in between;
 * a process that has died meanwhile never hears the answer, as a killed one would not: nothing of it runs any more, no handler
 * of an error either.
 */

import { between } from './seeded.js';
import type { Random } from '@tokenos/runtime/bus/backoff';
import type { Timeline } from './timeline.js';

/** The longest that a call on a neighbour takes, each way, in milliseconds. */
const SLOWEST_CALL = 4;

export interface Fate {
  /** Dies when it has taken this many steps; null: lives on. */
  readonly diesAfterSteps: number | null;
  readonly onDeath: () => void;
}

export class Process {
  alive = true;
  private steps = 0;

  constructor(
    readonly name: string,
    private readonly timeline: Timeline,
    private readonly random: Random,
    private readonly fate: Fate = { diesAfterSteps: null, onDeath: () => undefined },
  ) {}

  /** Every function of `part` as steps of this process; where nothing is woven, `part` itself. */
  through<Part extends object>(part: Part): Part {
    if (!this.timeline.woven) return part;
    const entries = Object.entries(part).map(([name, member]): [string, unknown] => [
      name,
      typeof member === 'function' ? this.step(member as Call) : member,
    ]);
    return Object.fromEntries(entries) as Part;
  }

  step<Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>): (...args: Args) => Promise<Result> {
    if (!this.timeline.woven) return call;
    return async (...args) => {
      await this.turn();
      try {
        return await call(...args);
      } finally {
        await this.turn();
      }
    };
  }

  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    this.fate.onDeath();
  }

  private turn(): Promise<void> {
    if (!this.alive) return never;
    this.steps += 1;
    if (this.steps === this.fate.diesAfterSteps) this.kill();
    return new Promise((resolve) => {
      this.timeline.after(between(this.random, 0, SLOWEST_CALL + 1), () => {
        if (this.alive) resolve();
      });
    });
  }
}

type Call = (...args: unknown[]) => Promise<unknown>;

const never = new Promise<never>(() => undefined);
