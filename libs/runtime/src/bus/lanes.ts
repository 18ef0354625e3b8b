/** Runs tasks in order within a lane and side by side between lanes, up to a limit. */

export class Lanes {
  private readonly waiting = new Map<string, (() => Promise<void>)[]>();
  private readonly ready: string[] = [];
  private active = 0;
  private whenIdle: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  /** Tasks settle their own failures: one that rejects is a fault of the caller and surfaces as an unhandled rejection. */
  run(lane: string, task: () => Promise<void>): void {
    const queue = this.waiting.get(lane);
    if (queue !== undefined) {
      queue.push(task);
      return;
    }
    this.waiting.set(lane, [task]);
    this.ready.push(lane);
    this.fill();
  }

  /** Lanes with work, running or waiting. */
  get busy(): number {
    return this.waiting.size;
  }

  idle(): Promise<void> {
    return this.waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => this.whenIdle.push(resolve));
  }

  private fill(): void {
    while (this.active < this.limit) {
      const lane = this.ready.shift();
      if (lane === undefined) return;
      this.active += 1;
      void this.runNext(lane);
    }
  }

  private async runNext(lane: string): Promise<void> {
    const queue = this.waiting.get(lane);
    const task = queue?.shift();
    try {
      await task?.();
    } finally {
      this.active -= 1;
      if (queue === undefined || queue.length === 0) this.waiting.delete(lane);
      else this.ready.push(lane);
      this.fill();
      if (this.waiting.size === 0) this.whenIdle.splice(0).forEach((resolve) => resolve());
    }
  }
}
