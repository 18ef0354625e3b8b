/** A service as a process: started from its environment, one machine-readable line when ready, down on a signal, never half alive. */

import type { z } from 'zod';
import { BadConfig } from '../config.js';
import { type OnCatchUp, openService, type RunningService } from './open-service.js';
import type { ServiceOptions } from './options.js';

/** Who does not come down by then is cut off: what was in flight comes again. */
const HARD_EXIT_MS = 10_000;

/** The line on stdout once the service takes work. */
export interface ReadyLine {
  readonly ready: true;
  readonly service: string;
  readonly url: string;
  readonly pid: number;
}

/** The line on stdout now and then until it is ready, as long as it gets on with the facts it has not seen. */
export interface CatchUpLine {
  readonly catchingUp: true;
  readonly service: string;
  /** Looked at since this process began. */
  readonly facts: number;
}

const SAY_EVERY_MS = 2_000;

/** Call it from main.ts and do nothing else there. Exits with 1 when the service cannot start, 0 after SIGTERM or SIGINT. */
export async function startService<Schema extends z.ZodObject, Tables>(
  options: ServiceOptions<Schema, Tables>,
): Promise<void> {
  // From the first moment on: a signal during the start must not leave a half-open process.
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
  void stopped.then(() => setTimeout(() => process.exit(1), HARD_EXIT_MS).unref());

  let service: RunningService;
  try {
    service = await openService(options, process.env, catchUpLines(options.name));
  } catch (error) {
    const reason = error instanceof BadConfig ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`${options.name} cannot start. ${reason}\n`);
    return process.exit(1);
  }
  say({ ready: true, service: options.name, url: service.url, pid: process.pid });

  await stopped;
  await service.stop();
  process.exit(0);
}

function catchUpLines(service: string): OnCatchUp {
  let saidAt = performance.now();
  return (facts) => {
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    say({ catchingUp: true, service, facts });
  };
}

const say = (line: ReadyLine | CatchUpLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
