/** The two refusals that every part of the rental decider shares. */

import { rejected, type Outcome } from '../../decider.js';

export const absent = (): Outcome<never> => rejected({ code: 'rental_absent', context: {} });

export const wrongState = (status: string, command: string): Outcome<never> =>
  rejected({ code: 'wrong_state', context: { status, command } });
