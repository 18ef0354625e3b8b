/** Which machine served what: read from the same facts that are billed by. */

import { uuid } from '@tokenos/testing/generators/names';
import * as the from '@tokenos/testing/generators/sample-facts';
import { servedMachines } from './served.js';

const beginning = [the.requested, the.received(), the.placed(), the.started()];
const first = uuid('c', 1);
const second = uuid('c', 2);

describe('the machines that served a rental', () => {
  it('are none before a minute was served', () => {
    expect(servedMachines([])).toEqual([]);
    expect(servedMachines(beginning)).toEqual([]);
    expect(servedMachines([...beginning, the.metered(0, '000')])).toEqual([]);
  });

  it('count the served minutes of every hour metered, and no other', () => {
    const facts = [...beginning, the.metered(0, '1'.repeat(60)), the.metered(60, '1011')];
    expect(servedMachines(facts)).toEqual([{ nodeId: first, gpuCount: 1, minutes: 63 }]);
  });

  it('are told apart where a rental moved: each minute belongs to the attempt it was metered for', () => {
    const twoGpus = [
      { uuid: 'GPU-8', leaseEpoch: 1 },
      { uuid: 'GPU-9', leaseEpoch: 1 },
    ];
    const moved = [the.metered(0, '11'), the.placed(2, { gpus: twoGpus }), the.metered(2, '0111', 2)];
    expect(servedMachines([...beginning, ...moved])).toEqual([
      { nodeId: first, gpuCount: 1, minutes: 2 },
      { nodeId: second, gpuCount: 2, minutes: 3 },
    ]);
  });

  it('are added up where a rental came back to one it had been on', () => {
    const back = [the.metered(0, '11'), the.placed(2), the.metered(2, '1', 2), the.placed(3, { nodeId: first })];
    expect(servedMachines([...beginning, ...back, the.metered(3, '1', 3)])).toEqual([
      { nodeId: first, gpuCount: 1, minutes: 3 },
      { nodeId: second, gpuCount: 1, minutes: 1 },
    ]);
  });
});
