/** From the notice to the end, on a real database: ninety seconds from the telling, nobody who was not told, and safe to repeat. */

import { SECOND } from '@tokenos/domain/time';
import { interrupted, noticed, NOTICED_AT } from '@tokenos/testing/generators/sample-course';
import { ended } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { duty, openBench, type Bench } from '../testing/bench.js';
import { runningFacts, spotId } from '../testing/world.js';
import { deliver, endPreempted, requestCheckpoint } from './notice.js';

const SPOT = spotId(1);
const TOLD_AT = NOTICED_AT + 2 * SECOND;

describe('a notice', () => {
  const postgres = withPostgres();
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench(await postgres.freshDatabase());
    bench.clock.time = NOTICED_AT;
  });
  afterEach(() => bench.close());

  const given = async (terms: { readonly checkpointPath?: string } = {}) => {
    await bench.tell(SPOT, ...runningFacts(SPOT, ['GPU-1'], { tier: 'SPOT', ...terms }), noticed);
  };
  const told = () => deliver(bench.parts, duty(SPOT, { attempt: 1, at: TOLD_AT }));
  const types = async () => (await bench.said(SPOT)).map(({ type }) => type);

  it('is delivered when the machine says so, and ends the rental ninety seconds later', async () => {
    await given();
    bench.clock.time = TOLD_AT + SECOND;
    expect(await told()).toBe('done');
    const deadlineAt = TOLD_AT + 90 * SECOND;
    expect((await bench.said(SPOT)).at(-1)?.data).toEqual({ attempt: 1, deliveredAt: TOLD_AT, deadlineAt });
    expect(await bench.dueAt('end', SPOT)).toBe(deadlineAt);

    bench.clock.time = deadlineAt - 1;
    expect(await endPreempted(bench.parts, duty(SPOT))).toEqual({ again: deadlineAt });
    bench.clock.time = deadlineAt;
    expect(await endPreempted(bench.parts, duty(SPOT))).toBe('done');
    expect((await bench.said(SPOT)).at(-1)).toEqual(ended('preempted', deadlineAt));
    expect(await bench.dueAt('end', SPOT)).toBeNull();
  });

  it('that is told twice counts from the first time', async () => {
    await given();
    await told();
    await deliver(bench.parts, duty(SPOT, { attempt: 1, at: TOLD_AT + 5 * SECOND }));
    expect(await types()).toEqual(['PreemptionNoticed', 'PreemptionDelivered']);
    expect((await bench.said(SPOT)).at(-1)?.data).toMatchObject({ deliveredAt: TOLD_AT });
  });

  it('that was not delivered ends nobody, however late it is', async () => {
    await given();
    bench.clock.time += 600 * SECOND;
    expect(await endPreempted(bench.parts, duty(SPOT))).toBe('done');
    expect(await types()).toEqual(['PreemptionNoticed']);
  });

  it('asks for a checkpoint at once, of the path that the buyer named, and once', async () => {
    await given({ checkpointPath: 'work' });
    expect(await bench.dueAt('checkpoint', SPOT)).toBe(NOTICED_AT);
    await requestCheckpoint(bench.parts, duty(SPOT));
    await requestCheckpoint(bench.parts, duty(SPOT));
    expect((await bench.said(SPOT)).slice(1)).toEqual([
      { type: 'CheckpointRequested', data: { path: 'work', requestedAt: NOTICED_AT } },
    ]);
  });

  it('asks for none where the buyer named no path', async () => {
    await given();
    await requestCheckpoint(bench.parts, duty(SPOT));
    expect(await types()).toEqual(['PreemptionNoticed']);
  });

  it('is over once the rental has lost its machine: it has yielded already', async () => {
    await given({ checkpointPath: 'work' });
    await told();
    await bench.tell(SPOT, interrupted(1, TOLD_AT + 10 * SECOND));
    expect(await bench.dueAt('end', SPOT)).toBeNull();
    bench.clock.time = TOLD_AT + 90 * SECOND;
    await endPreempted(bench.parts, duty(SPOT));
    await requestCheckpoint(bench.parts, duty(SPOT));
    expect(await types()).toEqual(['PreemptionNoticed', 'PreemptionDelivered']);
  });
});
