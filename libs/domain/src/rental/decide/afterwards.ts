/** What is said of a rental once it is over: the buyer's rating, and what its GPUs emitted. */

import type { CarbonAttributed } from '../../carbon/facts.js';
import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import type { GatewayCommand } from '../commands.js';
import type { RentalFact } from '../facts.js';
import { closingOf, type Present } from '../state.js';
import { minutesServed } from '../usage.js';
import { wrongState } from './refuse.js';

type Rate = Extract<GatewayCommand, { type: 'RateRental' }>;

/** Once, and only by who was served: a score cannot be had for nothing. */
export function rate(state: Present, { stars, at: ratedAt }: Rate): Outcome<RentalFact> {
  if (!Number.isInteger(stars) || stars < 1 || stars > 5) return rejected({ code: 'bad_stars', context: { stars } });
  const run = closingOf(state)?.run ?? null;
  if (run === null || minutesServed(run) === 0) return rejected({ code: 'nothing_to_rate', context: {} });
  const { rating } = state.rental;
  if (rating === null) return accepted({ type: 'RentalRated', data: { stars, ratedAt } });
  return rating.stars === stars
    ? ignored('rated so already')
    : rejected({ code: 'rated_already', context: { stars: rating.stars } });
}

/** Once the meter is closed, for exactly the minutes that were served. */
export function attributeCarbon(state: Present, carbon: CarbonAttributed): Outcome<RentalFact> {
  if (state.rental.carbon !== null) return ignored('attributed already');
  const closing = closingOf(state);
  if (closing === null || closing.run === null) return wrongState(state.status, 'AttributeCarbon');
  if (closing.meterClosed === null) return rejected({ code: 'meter_not_closed', context: {} });
  const minutes = carbon.groups.reduce((total, group) => total + group.minutes, 0);
  const served = minutesServed(closing.run);
  if (minutes !== served) return rejected({ code: 'carbon_minutes', context: { minutes, served } });
  return accepted({ type: 'CarbonAttributed', data: carbon });
}
