/** The little history a day later: opa's score, computed by hand, and one change each that only reputation@1 can find. */

import { both, drop, dress, put, sealed, type Entry } from '@tokenos/testing/wire/entries';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { NODE_A, SERVED, STOPPED, time } from '@tokenos/testing/wire/names';
import { audit } from '../audit.js';

const NODE = `node-${NODE_A}`;
const OPERATOR = 'operator-opa';

/** Of 840 minutes 8 were spoiled by the platform and 820 served; one of two attempts failed; five stars for two minutes. */
const inputs = {
  ageDays: 1,
  uptime: [{ day: '2026-11-23', expectedMinutes: 840, servedMinutes: 820, platformFaultMinutes: 8 }],
  ratings: [{ stars: 5, ratings: 1, weight: 2 }],
  jobs: { completed: 1, failed: 1 },
};
/** U = floor(10000 x 820 x 1 / 5824) = 1407, R = floor(10000 x 908 / 1208) = 7516, J = floor(10000 x 10 / 12) = 8333. */
const scored = { day: '2026-11-24', rules: 'reputation@1', inputs, scoreBps: 3_973, tier: 'BRONZE', provisional: true };

const uptime = { rules: 'uptime@1', ...inputs.uptime[0] };
const history: readonly Entry[] = [
  ...littleHistory,
  {
    stream: SERVED,
    type: 'RentalRated.v1',
    at: time('50:00'),
    by: 'gateway',
    data: { stars: 5, ratedAt: time('50:00') },
  },
  { stream: NODE, type: 'NodeUptimeRecorded.v1', at: '2026-11-24T00:01:00.000Z', by: 'metering', data: uptime },
  { stream: OPERATOR, type: 'ReputationRecomputed.v1', at: '2026-11-24T00:05:00.000Z', by: 'reputation', data: scored },
] as readonly Entry[];

const said = (change: (entries: readonly Entry[]) => Entry[], partial = false) =>
  audit(sealed(change(history)), { partial }).findings.flatMap(({ code, message }) =>
    code === 'reputation@1' ? [message] : [],
  );
const score = (path: string, value: Parameters<typeof put>[3]) => put(OPERATOR, 'ReputationRecomputed.v1', path, value);
const [SCORE, INPUTS] = ['the score of its inputs', 'the inputs of the score'];

describe('a score', () => {
  it('that follows from the other facts is right', () => {
    expect(said((entries) => [...entries])).toEqual([]);
  });

  it.each([
    ['one point too high', [SCORE], score('scoreBps', 3_974)],
    ['in another tier', [SCORE], score('tier', 'SILVER')],
    ['that says more than it can', [SCORE], score('provisional', false)],
    ['by rules nobody knows', ['rules of the score'], score('rules', 'reputation@9')],
    ['with a job too many', [SCORE, INPUTS], score('inputs.jobs.completed', 2)],
    ['without the failure', [SCORE, INPUTS], score('inputs.jobs.failed', 0)],
    ['with a rating that weighs too much', [SCORE, INPUTS], score('inputs.ratings.0.weight', 60)],
    ['with a minute of uptime too many', [SCORE, INPUTS], score('inputs.uptime.0.servedMinutes', 821)],
    ['of an operator that is older than it is', [SCORE, INPUTS], score('inputs.ageDays', 2)],
    ['with uptime that nobody recorded', [INPUTS], drop(NODE, 'NodeUptimeRecorded.v1')],
    [
      'with uptime that was recorded too late',
      [INPUTS],
      dress(NODE, 'NodeUptimeRecorded.v1', { at: '2026-11-24T00:04:00.000Z' }),
    ],
    ['with a rating that nobody gave', [INPUTS], drop(SERVED, 'RentalRated.v1')],
    ['with other stars than were given', [INPUTS], put(SERVED, 'RentalRated.v1', 'stars', 4)],
    ['with a failure that was not the operator’s', [INPUTS], put(STOPPED, 'PlacementFailed.v1', 'fault', 'platform')],
    [
      'before its inputs were on record',
      ['it was scored before all of it was on record'],
      dress(OPERATOR, 'ReputationRecomputed.v1', { at: '2026-11-24T00:04:59.999Z' }),
    ],
    [
      'of a day that was not next',
      ['days are scored in order', INPUTS, 'it was scored before all of it was on record'],
      both(score('day', '2026-11-25')),
    ],
  ])('%s is found', (_, findings, change) => {
    expect(said(change).sort()).toEqual([...findings].sort());
  });

  it('in a partial export is held against its own inputs only', () => {
    expect(said(drop(NODE, 'NodeUptimeRecorded.v1'), true)).toEqual([]);
    expect(said(score('scoreBps', 3_974), true)).toEqual([SCORE]);
  });
});
