/** After a crash the server of the last run may still be shutting down on the same data: wait for it, or say who it is. */

import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `pidFile` starts with a process id. A process that does not work on `dataDir` got that id by chance: the file is stale
 * and removed. Throws when the survivor is still there after ten seconds.
 */
export async function awaitSurvivor(pidFile: string, dataDir: string): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  if (Number.isNaN(pid)) return;
  for (let waitedMs = 0; await worksOn(pid, dataDir); waitedMs += 50) {
    if (waitedMs >= 10_000) throw new Error(`process ${pid} still runs on ${dataDir}: end it first`);
    await sleep(50);
  }
  await rm(pidFile, { force: true });
}

/** By its command line, which names the data directory and which anyone may read. */
async function worksOn(pid: number, dataDir: string): Promise<boolean> {
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return args.some((arg) => arg === dataDir || arg.startsWith(`${dataDir}/`));
}
