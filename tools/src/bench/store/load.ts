/** Several writers at once, each waiting for its own answer before it goes on, for a while. */

import { startCpuTime } from './cpu-time.js';

export type Write = () => Promise<void>;

export interface Load {
  readonly perSecond: number;
  /** Processor time of one write, server and client together, µs. */
  readonly cpuUs: number;
}

/** `server`: the process id. Writes begun in time are waited for and counted, with the time they took. */
export async function loadBy(writers: readonly Write[], ms: number, server: number): Promise<Load> {
  const cpuTime = await startCpuTime(server);
  const from = performance.now();
  let written = 0;
  const writing = async (write: Write): Promise<void> => {
    while (performance.now() < from + ms) {
      await write();
      written += 1;
    }
  };
  await Promise.all(writers.map(writing));
  const tookMs = performance.now() - from;
  return { perSecond: (written * 1000) / tookMs, cpuUs: (await cpuTime()) / written };
}
