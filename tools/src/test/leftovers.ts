/** Finds processes that a run started and did not stop, by a mark in the environment that every child inherits. */

import { readdirSync, readFileSync } from 'node:fs';

export const MARK = 'TOKENOS_TEST_RUN';

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/** Every other live process whose environment carries the mark, however it detached itself. Linux only. */
export function leftovers(run: string): readonly Leftover[] {
  const wanted = `${MARK}=${run}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(pid, 'environ').split('\0').includes(wanted))
    .map((pid) => ({ pid: Number(pid), command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

/** Stops them for good and reports what they were. */
export function killLeftovers(run: string): readonly Leftover[] {
  const found = leftovers(run);
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the kill.
    }
  }
  return found;
}

/** Processes come and go while we read, and other users' are none of our business: both read as empty. */
function read(pid: string, file: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
