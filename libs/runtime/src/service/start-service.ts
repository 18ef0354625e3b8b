/** A service as a process: started from its environment, one machine-readable line when ready, down on a signal, never half alive. */

import type { z } from 'zod';
import { BadConfig } from '../config.js';
import { openService, type RunningService } from './open-service.js';
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
    service = await openService(options, process.env);
  } catch (error) {
    const reason = error instanceof BadConfig ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`${options.name} cannot start. ${reason}\n`);
    return process.exit(1);
  }
  const line: ReadyLine = { ready: true, service: options.name, url: service.url, pid: process.pid };
  process.stdout.write(`${JSON.stringify(line)}\n`);

  await stopped;
  await service.stop();
  process.exit(0);
}
