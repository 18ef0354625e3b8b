/** A nap that a call can end: loops sleep until something happens, and for a bounded time where nobody tells them. */

export class Waker {
  private pending = false;
  private end: (() => void) | null = null;

  /** Ends the nap under way, or the next one before it begins. */
  wake(): void {
    this.pending = true;
    this.end?.();
  }

  /** Resolves after `ms` of wall time at the latest; one nap at a time. */
  async nap(ms: number): Promise<void> {
    if (!this.pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, ms));
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.end = null;
    this.pending = false;
  }
}
