/** Tampering with what stays on record: emissions, days, ratings and scores. */

import { drop, copyBefore } from '@tokenos/testing/wire/entries';
import { alter, later } from './edits.js';
import { machine, operator, rental, type Tampering } from './tampering.js';

interface Carbon {
  readonly mg: number;
  readonly groups: readonly { readonly mg: number; readonly intensity: number; readonly puePercent: number | null }[];
}
interface Scored {
  readonly scoreBps: number;
  readonly inputs: { readonly ageDays: number; readonly jobs: { readonly completed: number; readonly failed: number } };
}
interface Day {
  readonly day: string;
  readonly expectedMinutes: number;
}

export const records: readonly Tampering[] = [
  {
    what: 'a milligram of CO2 too few',
    on: rental.stopped,
    by: 'carbon@1',
    edit: alter(rental.stopped, 'CarbonAttributed', ({ mg, groups, ...rest }: Carbon) => ({
      ...rest,
      mg: mg - 1,
      groups: groups.map((group) => ({ ...group, mg: group.mg - 1 })),
    })),
  },
  {
    what: 'the grid is cleaner than it is',
    on: rental.stopped,
    by: 'carbon@1',
    edit: alter(rental.stopped, 'CarbonAttributed', ({ groups, ...rest }: Carbon) => ({
      ...rest,
      groups: groups.map((group) => ({ ...group, intensity: group.intensity - 1 })),
    })),
  },
  {
    what: 'a PUE that the operator never declared',
    on: rental.reserved,
    by: 'carbon@1',
    edit: alter(rental.reserved, 'CarbonAttributed', ({ groups, ...rest }: Carbon) => ({
      ...rest,
      groups: groups.map((group) => ({ ...group, puePercent: 110 })),
    })),
  },
  {
    what: 'a machine served more minutes than a day expects of it',
    on: machine(2),
    by: 'uptime@1',
    edit: alter(machine(2), 'NodeUptimeRecorded', (day: Day) => ({ ...day, servedMinutes: day.expectedMinutes + 1 })),
  },
  {
    what: 'a day of a machine is recorded twice',
    on: machine(2),
    by: 'uptime@1',
    edit: alter(machine(2), 'NodeUptimeRecorded', (day: Day) => ({ ...day, day: '2026-11-23' }), 1),
  },
  {
    what: 'a bad day of a machine is left out',
    on: operator(2),
    by: 'reputation@1',
    edit: drop(machine(2), 'NodeUptimeRecorded.v1'),
  },
  {
    what: 'a score is one too high',
    on: operator(2),
    by: 'reputation@1',
    edit: alter(operator(2), 'ReputationRecomputed', (score: Scored) => ({ ...score, scoreBps: score.scoreBps + 1 })),
  },
  {
    what: 'a failed job is left out of the inputs of a score',
    on: operator(2),
    by: 'reputation@1',
    edit: alter(operator(2), 'ReputationRecomputed', ({ inputs, ...rest }: Scored) => ({
      ...rest,
      inputs: { ...inputs, jobs: { ...inputs.jobs, failed: 0 } },
    })),
  },
  {
    what: 'a bad day is left out of the scores',
    on: operator(2),
    by: 'reputation@1',
    edit: drop(operator(2), 'ReputationRecomputed.v1'),
  },
  {
    what: 'four stars become five',
    on: operator(2),
    by: 'reputation@1',
    edit: alter(rental.stopped, 'RentalRated', (rating: object) => ({ ...rating, stars: 5 })),
  },
  {
    what: 'a rating is dropped',
    on: operator(2),
    by: 'reputation@1',
    asItIs: 'reputation@1',
    edit: drop(rental.stopped, 'RentalRated.v1'),
  },
  {
    what: 'a rental is rated twice',
    on: rental.stopped,
    by: 'order',
    edit: copyBefore(rental.stopped, 'RentalRated.v1', 'RentalRated.v1'),
  },
  {
    what: 'a rating of tomorrow',
    on: rental.stopped,
    by: 'order',
    edit: alter(rental.stopped, 'RentalRated', (rating: { ratedAt: string }) => ({
      ...rating,
      ratedAt: later(rating.ratedAt, 86_400_000),
    })),
  },
  {
    what: 'an operator has had another wallet from the first',
    on: rental.stopped,
    by: 'settlement@1',
    edit: alter(operator(2), 'OperatorRegistered', (data: object) => ({ ...data, wallet: 'Thief'.padEnd(44, '1') })),
  },
];
