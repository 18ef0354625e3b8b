/** Ends a server as a power cut does: it and its children at once, without a word. */

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from './server-process.js';

/** Resolves when none is left: a child that lost its parent may go on for a moment on the data that the successor opens. */
export async function cutPower({ pid, exited }: Pick<ServerProcess, 'pid' | 'exited'>): Promise<void> {
  const children = await childrenOf(pid);
  for (const process of [pid, ...children]) killNow(process);
  await exited;
  for (const child of children) while (await isAlive(child)) await sleep(5);
}

/** Ids of a process's direct children, by the kernel's own table. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const states = await Promise.all(all.map(async (child) => ({ child, parent: (await stateOf(child))?.parent })));
  return states.filter(({ parent }) => parent === pid).map(({ child }) => Number(child));
}

/** A zombie is not: it only waits to be counted. */
export async function isAlive(pid: number): Promise<boolean> {
  const state = await stateOf(String(pid));
  return state !== null && state.letter !== 'Z';
}

/** The name in parentheses may hold anything, parentheses too: what counts follows the last one. */
async function stateOf(pid: string): Promise<{ readonly letter: string; readonly parent: number } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [, letter, parent] = /^ (\S) (\d+)/.exec(stat.slice(stat.lastIndexOf(')') + 1)) ?? [];
  return letter === undefined ? null : { letter, parent: Number(parent) };
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself in between.
  }
}
