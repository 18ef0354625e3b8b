/** What the bus holds for one service: delivered after a while, kept while it is down, and again where it died or failed before it was done. */

import { backoffMs, type Random } from '@tokenos/runtime/bus/backoff';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { Signals } from '@tokenos/runtime/service/signals';
import type { Timeline } from './timeline.js';

/** Of a process that is up: resolves when it is done with the letter, and never if it dies before. */
export type Reader<Letter> = (letter: Letter) => Promise<void>;

export class Mailbox<Letter> {
  /** Not acknowledged yet, with the failures so far. */
  private readonly open = new Map<Letter, number>();
  private reader: Reader<Letter> | null = null;

  constructor(
    private readonly timeline: Timeline,
    private readonly random: Random,
    private readonly signals: Signals,
  ) {}

  get isEmpty(): boolean {
    return this.open.size === 0;
  }

  /** Each copy is a letter of its own, as a redelivery is. `quietly`: nothing is expected to follow from it. */
  post(letter: Letter, delayMs: number, quietly: boolean): void {
    this.open.set(letter, 0);
    const step = (): Promise<void> => this.deliver(letter);
    if (quietly) this.timeline.quietlyAt(this.timeline.now() + delayMs, step);
    else this.timeline.after(delayMs, step);
  }

  /** Whoever was reading is dead; what it had not acknowledged is delivered to its successor. */
  readBy(reader: Reader<Letter> | null): void {
    this.reader = reader;
    if (reader === null) return;
    for (const letter of this.open.keys()) this.timeline.after(0, () => this.deliver(letter));
  }

  private async deliver(letter: Letter): Promise<void> {
    const { reader } = this;
    const failures = this.open.get(letter);
    if (reader === null || failures === undefined) return;
    try {
      await reader(letter);
      this.open.delete(letter);
    } catch (err) {
      if (err instanceof Undecodable) {
        this.signals.alarm('undecodable', { err });
        this.open.delete(letter);
        return;
      }
      this.open.set(letter, failures + 1);
      this.timeline.after(backoffMs(failures + 1, this.random), () => this.deliver(letter));
    }
  }
}
