/** What becomes of a closed meter: one fact, wherever the process dies, and none where there is nothing to say. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { memoryEventStore } from '@tokenos/runtime/event-store/memory';
import { createHandler } from '@tokenos/runtime/handle';
import { randomIds } from '@tokenos/runtime/ids';
import { uuid } from '@tokenos/testing/generators/names';
import * as the from '@tokenos/testing/generators/sample-facts';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { movableClock } from '@tokenos/testing/service/workbench';
import type { Parts } from '../parts.js';
import { attribute } from './attribute.js';

const { RENTAL, STARTED_AT } = the;
const NODE = uuid('c', 1);
const duty = { kind: 'attribute', key: RENTAL, dueAt: 0, attempts: 0, payload: null };

const enrolled = (country: string): NodeFact => ({
  type: 'NodeEnrolled',
  data: { ...enrolment, nodeId: NODE, country },
});
const pue = (puePercent: number): NodeFact => ({ type: 'NodePueDeclared', data: { puePercent } });
const running = [the.requested, the.received(), the.placed(), the.started()];
const over = [
  ...running,
  the.ended('buyer_stopped', STARTED_AT + 190_000),
  the.metered(0, '101'),
  the.meterClosed(2, 2),
];

function bench() {
  const store = memoryEventStore();
  const clock = movableClock(STARTED_AT + 200_000);
  const act = createHandler({ store, clock, ids: randomIds, by: 'carbon', seal });
  const tell = <State, Command, Fact>(kind: StreamKind<State, Command, Fact>, id: string, ...facts: Fact[]) =>
    appendFacts(store, kind, id, facts, clock.now());
  return {
    act,
    tell,
    rental: (...facts: RentalFact[]) => tell(rentalStream, RENTAL, ...facts),
    node: (...facts: NodeFact[]) => tell(nodeStream, NODE, ...facts),
    attributed: async () =>
      (await store.read(`rental-${RENTAL}`))
        .map(rentalStream.decode)
        .flatMap((fact) => (fact.type === 'CarbonAttributed' ? fact.data : [])),
  };
}

describe('a rental whose meter is closed', () => {
  it('has its carbon on record once, with every factor, however often it is looked at', async () => {
    const { act, rental, node, attributed } = bench();
    await node(enrolled('DE'), pue(125));
    await rental(...over);
    for (let looks = 0; looks < 3; looks++) expect(await attribute({ act }, duty)).toBe('done');
    expect(await attributed()).toMatchObject([
      {
        rules: 'carbon@1',
        mg: 7_981,
        mgWithPue: 9_976,
        groups: [{ nodeId: NODE, minutes: 2, tdpWatts: 700, country: 'DE', intensity: 34_206, puePercent: 125 }],
      },
    ]);
  });

  it('has it also where its machine has been retired since', async () => {
    const { act, rental, node, attributed } = bench();
    await node(enrolled('SE'), { type: 'NodeRetired', data: {} });
    await rental(...over);
    await attribute({ act }, duty);
    expect(await attributed()).toMatchObject([{ mg: 837, groups: [{ country: 'SE', puePercent: null }] }]);
  });

  it('emitted nothing where no minute was served, and that is on record too', async () => {
    const { act, rental, attributed } = bench();
    await rental(...running, the.ended('buyer_stopped', STARTED_AT), the.meterClosed(-1, 0));
    await attribute({ act }, duty);
    expect(await attributed()).toEqual([{ rules: 'carbon@1', groups: [], mg: 0, mgWithPue: null }]);
  });

  it('has it once wherever the process dies', async () => {
    const b = bench();
    await b.node(enrolled('DE'));
    await b.rental(...over);
    let deaths = 0;
    for (;;) {
      try {
        await attribute({ act: dyingAfter(b.act, deaths + 1) }, duty);
        break;
      } catch (error) {
        expect(error).toBeInstanceOf(Killed);
        deaths += 1;
      }
    }
    expect(deaths).toBeGreaterThan(2);
    expect(await attribute({ act: b.act }, duty)).toBe('done');
    expect(await b.attributed()).toHaveLength(1);
  });

  it('is looked at again where its machine is not known yet', async () => {
    const { act, rental, attributed } = bench();
    await rental(...over);
    await expect(attribute({ act }, duty)).rejects.toThrow('never enrolled');
    expect(await attributed()).toEqual([]);
  });
});

it.each([
  ['is not there', []],
  ['still runs', running],
  ['is not counted to its end', [...running, the.ended('buyer_stopped', STARTED_AT + 190_000)]],
  ['never started', [the.requested, the.ended('buyer_stopped', STARTED_AT)]],
] as const)('a rental that %s has none', async (_, facts) => {
  const { act, rental, attributed } = bench();
  if (facts.length > 0) await rental(...facts);
  expect(await attribute({ act }, duty)).toBe('done');
  expect(await attributed()).toEqual([]);
});

class Killed extends Error {}

/** Dies at its nth step, before or after it is done: a load is one, an append another. */
function dyingAfter(act: Parts['act'], steps: number): Parts['act'] {
  let left = steps;
  const live = async <T>(work: () => Promise<T>): Promise<T> => {
    if (--left === 0) throw new Killed();
    const done = await work();
    if (--left === 0) throw new Killed();
    return done;
  };
  return {
    load: (kind, id) => live(() => act.load(kind, id)),
    handle: (kind, id, command) => live(() => act.handle(kind, id, command)),
  };
}
