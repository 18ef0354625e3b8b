/** Which machine served how many minutes of a rental: one entry per machine, in the order they first served. */

import type { Run } from '../rental/run.js';

export interface ServedMachine {
  readonly nodeId: string;
  readonly minutes: number;
}

/** `more`: minutes the current machine has served that no fact says yet. */
export function servedMachines(run: Run, more = 0): readonly ServedMachine[] {
  const served = new Map<string, number>();
  const spans = more === 0 ? run.spans : [...run.spans, { nodeId: run.placement.nodeId, minutes: more }];
  for (const { nodeId, minutes } of spans) served.set(nodeId, (served.get(nodeId) ?? 0) + minutes);
  return [...served].map(([nodeId, minutes]) => ({ nodeId, minutes }));
}
