/** Runs a save soon after each change, one at a time; changes that come meanwhile share the next one. */

const SETTLE_MS = 50;

export interface Saving {
  changed(): void;
  /** Saves a last time. A failed save is reported here, and only here. */
  finish(): Promise<void>;
}

export function saveOnChange(save: () => Promise<void>): Saving {
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  const now = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    return (running = running.catch(() => undefined).then(save));
  };
  return {
    changed() {
      timer ??= setTimeout(() => {
        now().catch(() => undefined);
      }, SETTLE_MS);
    },
    finish: now,
  };
}
