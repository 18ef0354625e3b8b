/** Keeps one part of the platform running: what dies is started again, each time a little later, until it is told to stop. */

import { setTimeout as sleep } from 'node:timers/promises';

/** One life of a part. */
export interface Life {
  readonly pid: number;
  /** Settles when it has ended, whoever ended it. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL, to it and whatever works for it. */
  kill(): Promise<void>;
}

export interface Supervised<Kind extends Life = Life> {
  /** The life that goes on now, or the last one. */
  now(): Kind;
  /** Kills it; resolves when its successor is ready, which is not started before `awayMs` have passed. */
  kill(awayMs?: number): Promise<void>;
  /** Kills it for good, as a machine that never comes back. */
  destroy(): Promise<void>;
  /** Ends it in good order, for good. */
  stop(): Promise<void>;
}

export interface SupervisedOptions<Kind extends Life> {
  readonly start: () => Promise<Kind>;
  /** Told when it ended though nobody asked for that; it is started again. */
  readonly onDeath: () => void;
}

const PAUSE = { firstMs: 250, maxMs: 10_000 };

/** Throws where it cannot start for the first time. */
export async function supervise<Kind extends Life>({
  start,
  onDeath,
}: SupervisedOptions<Kind>): Promise<Supervised<Kind>> {
  let life = await start();
  let over = false;
  let stayAwayMs = 0;
  let succeeding = watch();

  /** Resolves when the life after this one is ready, or none will come. */
  async function watch(): Promise<void> {
    await life.exited;
    if (over) return;
    onDeath();
    const firstMs = Math.max(PAUSE.firstMs, stayAwayMs);
    stayAwayMs = 0;
    for (let pauseMs = firstMs; !over; pauseMs = Math.min(2 * pauseMs, PAUSE.maxMs)) {
      await sleep(pauseMs);
      const next = over ? null : await start().catch(() => null);
      if (next === null) continue;
      life = next;
      succeeding = watch();
      return;
    }
  }

  /** Also one that is just coming up again. */
  async function end(how: (last: Kind) => Promise<void>): Promise<void> {
    over = true;
    await how(life);
    await succeeding;
    await how(life);
  }

  return {
    now: () => life,
    kill: async (awayMs = 0) => {
      stayAwayMs = awayMs;
      const back = succeeding;
      await life.kill();
      await back;
    },
    destroy: () => end((last) => last.kill()),
    stop: () => end((last) => last.stop()),
  };
}
