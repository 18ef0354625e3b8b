/** Processor time that a server's children and this process take: other load on the machine moves it far less than the clock. */

import { childrenOf } from '@tokenos/runtime/local/power-cut';
import { readFile } from 'node:fs/promises';

/** Starts counting; the answer gives the µs since. Children that come or go in between are not counted. */
export async function startCpuTime(server: number): Promise<() => Promise<number>> {
  const children = await childrenOf(server);
  const before = await Promise.all(children.map(microseconds));
  const ownBefore = process.cpuUsage();
  return async () => {
    const own = process.cpuUsage(ownBefore);
    const after = await Promise.all(children.map(microseconds));
    return after.reduce((sum, us, child) => sum + Math.max(0, us - (before[child] ?? us)), own.user + own.system);
  };
}

/** The kernel's own count for one process, in nanoseconds. */
async function microseconds(pid: number): Promise<number> {
  const [ns] = (await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '0')).split(' ');
  return Number(ns) / 1000;
}
