/**
 * Virtual time: nothing waits. What is due is done, in order of time and, at one instant, in an order drawn from the seed; then the
 * clock jumps to what is due next.
 *
 * A step is over when all that it set going has come to rest. Where steps are `woven` (see turn.ts), work may rest in its middle,
 * and the event loop is emptied to be sure; where they are not, a step's own promise says so, which is many times cheaper.
 *
 * Quiet events are those that repeat without consequence as long as nothing else happens: a heartbeat of a machine that is well, a
 * probe that succeeds. `nextLoud` is when something else happens; until then they may be taken together (see steady.ts).
 */

import type { Random } from '@tokenos/runtime/bus/backoff';
import type { Clock } from '@tokenos/runtime/clock';
import { type Queued, TimeQueue } from './queue.js';

export type Step = () => void | Promise<void>;

interface Event extends Queued {
  readonly step: Step;
}

export interface TimelineOptions {
  readonly startAt: number;
  readonly random: Random;
  /** Steps of different processes run between each other. */
  readonly woven: boolean;
}

export class Timeline implements Clock {
  readonly woven: boolean;
  private time: number;
  private wakefulUntil = 0;
  private readonly random: Random;
  private readonly loud = new TimeQueue<Event>();
  private readonly quiet = new TimeQueue<Event>();
  /** Steps taken so far. */
  steps = 0;

  constructor({ startAt, random, woven }: TimelineOptions) {
    this.time = startAt;
    this.random = random;
    this.woven = woven;
  }

  now(): number {
    return this.time;
  }

  fromWall(wallMs: number): number {
    return wallMs;
  }

  toWallDuration(durationMs: number): number {
    return durationMs;
  }

  /** What lies in the past is due now. */
  at(time: number, step: Step): void {
    this.loud.push(this.event(time, step));
  }

  after(delay: number, step: Step): void {
    this.at(this.time + delay, step);
  }

  quietlyAt(time: number, step: Step): void {
    this.quiet.push(this.event(time, step));
  }

  /** When something happens that is no mere repetition; never, if nothing will. */
  nextLoud(): number {
    return this.time < this.wakefulUntil ? this.time : (this.loud.peek()?.at ?? Infinity);
  }

  /** For so long anything may come of what seemed to be repetition. */
  stayAwake(forMs: number): void {
    this.wakefulUntil = Math.max(this.wakefulUntil, this.time + forMs);
  }

  /** Until the time is reached, or `isOver` says so after a step, or nothing is left to do. */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    for (;;) {
      const event = this.next(until);
      if (event === undefined) break;
      this.time = event.at;
      this.steps += 1;
      const done = event.step();
      if (this.woven) await emptied();
      else if (done !== undefined) await done;
      if (isOver()) return;
    }
    this.time = Math.max(this.time, until);
  }

  private event(time: number, step: Step): Event {
    return { at: Math.max(time, this.time), draw: this.random(), step };
  }

  private next(until: number): Event | undefined {
    const loud = this.loud.peek();
    const quiet = this.quiet.peek();
    const isQuiet = quiet !== undefined && (loud === undefined || quiet.at < loud.at);
    const queue = isQuiet ? this.quiet : this.loud;
    const first = queue.peek();
    return first === undefined || first.at > until ? undefined : queue.pop();
  }
}

const emptied = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
