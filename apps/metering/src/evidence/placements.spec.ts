import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { Handler } from '@tokenos/runtime/handle';
import { MINUTE } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import { interrupted, resumed } from '@tokenos/testing/generators/sample-course';
import {
  ended,
  failed,
  placed,
  received,
  requested,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { rentals } from '../streams.js';
import { Placements } from './placements.js';

const NODE = uuid('c', 1);
const [MINE, OTHER] = [uuid('a', 1), uuid('a', 2)];
const closed: RentalFact = { type: 'MeterClosed', data: { lastMinute: -1, minutesServed: 0 } };

describe('what a node says is of a rental', () => {
  let now: number;
  let reads: string[];
  let streams: Record<string, RentalFact[]>;
  let placements: Placements;
  beforeEach(() => {
    now = 0;
    reads = [];
    streams = { [MINE]: [requested, received(), placed()] };
    const load = async (_: unknown, id: string) => {
      reads.push(id);
      const facts = streams[id] ?? [];
      return { facts, state: facts.reduce(rentals.decider.evolve, rentals.decider.initialState), revision: 0 };
    };
    placements = new Placements({ load: load as unknown as Handler['load'] }, { now: () => now } as never);
  });
  const asks = (nodeId = NODE) => placements.on(nodeId, [MINE, OTHER, MINE]);

  it('that is placed there, and of no other that it names', async () => {
    expect(await asks()).toEqual([MINE]);
    expect(await asks(uuid('c', 2))).toEqual([]);
  });

  it('from its placement to the close of its meter, if that comes after the end', async () => {
    const life = [requested, received(), placed(), started(), ended('buyer_stopped', STARTED_AT + MINUTE), closed];
    const seen: boolean[] = [];
    for (let told = 1; told <= life.length; told += 1) {
      streams[MINE] = life.slice(0, told);
      now += MINUTE;
      seen.push((await asks()).length === 1);
    }
    expect(seen).toEqual([false, false, true, true, true, false]);
  });

  it('no longer once the attempt there has failed', async () => {
    streams[MINE] = [requested, received(), placed(), failed()];
    expect(await asks()).toEqual([]);
    streams[MINE].push(placed(2));
    expect(await asks(uuid('c', 2))).toEqual([MINE]);
  });

  it('that has moved on from it, for what it said before; and that has moved to it', async () => {
    streams[MINE] = [requested, received(), placed(), started(), interrupted(), placed(2)];
    expect([await asks(), await asks(uuid('c', 2))]).toEqual([[MINE], [MINE]]);
    now += MINUTE;
    streams[MINE].push(resumed());
    expect([await asks(), await asks(uuid('c', 2)), await asks(uuid('c', 3))]).toEqual([[MINE], [MINE], []]);
  });

  it('by a stream that is read once a minute, whatever the answer was', async () => {
    for (let n = 0; n < 10; n += 1) await asks();
    expect(reads).toEqual([MINE, OTHER]);
    now = MINUTE - 1;
    await asks();
    expect(reads).toHaveLength(2);
    now = MINUTE;
    await asks();
    expect(reads).toHaveLength(4);
  });
});
