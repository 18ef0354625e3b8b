/** Which machine served what: folded from the same facts that are billed by. */

import { uuid } from '@tokenos/testing/generators/names';
import * as the from '@tokenos/testing/generators/sample-facts';
import { fold } from '../decider.js';
import { rentalDecider } from '../rental/decider.js';
import type { RentalFact } from '../rental/facts.js';
import { runOf } from '../rental/state.js';
import { servedMachines } from './served.js';

const first = uuid('c', 1);
const second = uuid('c', 2);
const third = uuid('c', 3);

const after = (...facts: RentalFact[]) => {
  const beginning = [the.requested, the.received(), the.placed(), the.started()];
  return runOf(fold(rentalDecider, [...beginning, ...facts]))!;
};
const span = (nodeId: string, minutes: number) => ({
  operatorId: the.OPERATOR,
  nodeId,
  rateMicroUsdcPerHour: the.RATE,
  minutes,
});

describe('the machines that served a rental', () => {
  it('are none before a minute was served', () => {
    expect(servedMachines(after())).toEqual([]);
    expect(servedMachines(after(the.metered(0, '000')))).toEqual([]);
  });

  it('count the served minutes of every hour metered, and no other', () => {
    const run = after(the.metered(0, '1'.repeat(30)), the.metered(30, '1011'));
    expect(servedMachines(run)).toEqual([{ nodeId: first, minutes: 33 }]);
  });

  it('are told apart where a rental moved, and added up where it came back', () => {
    const moved = { ...after(), spans: [span(first, 2), span(second, 3), span(first, 1)] };
    expect(servedMachines(moved)).toEqual([
      { nodeId: first, minutes: 3 },
      { nodeId: second, minutes: 3 },
    ]);
  });

  it('have the minutes that are not on record yet on the machine that it is on', () => {
    const run = after(the.metered(0, '11'));
    expect(servedMachines(run, 4)).toEqual([{ nodeId: first, minutes: 6 }]);
    const elsewhere = { ...run, placement: the.placement(3) };
    expect(servedMachines(elsewhere, 4)).toEqual([
      { nodeId: first, minutes: 2 },
      { nodeId: third, minutes: 4 },
    ]);
  });
});
