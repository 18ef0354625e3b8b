/** Which machine served how many minutes of a rental: folded from its facts, one entry per machine, in the order they served. */

import { servedIn } from '../metering/minutes.js';
import type { RentalFact } from '../rental/facts.js';

export interface ServedMachine {
  readonly nodeId: string;
  readonly gpuCount: number;
  readonly minutes: number;
}

/** Machines that served no minute are not in it. */
export function servedMachines(facts: readonly RentalFact[]): readonly ServedMachine[] {
  const machines = new Map<number, Omit<ServedMachine, 'minutes'>>();
  const served = new Map<string, ServedMachine>();
  for (const fact of facts) {
    if (fact.type === 'RentalPlaced') {
      const { attempt, nodeId, gpus } = fact.data;
      machines.set(attempt, { nodeId, gpuCount: gpus.length });
    } else if (fact.type === 'UsageMetered') {
      const machine = machines.get(fact.data.attempt);
      const minutes = servedIn(fact.data.bitmap);
      if (machine === undefined || minutes === 0) continue;
      served.set(machine.nodeId, { ...machine, minutes: minutes + (served.get(machine.nodeId)?.minutes ?? 0) });
    }
  }
  return [...served.values()];
}
