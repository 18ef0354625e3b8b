/** A rental that contradicts itself is held still, that one alone, until a person has looked. */

import { accepted, ignored, type Outcome } from '../../decider.js';
import type { GatewayCommand, HaltCommand } from '../commands.js';
import type { RentalFact } from '../facts.js';
import type { Present } from '../state.js';

export function halt(state: Present, { invariant, evidence, at: haltedAt }: HaltCommand): Outcome<RentalFact> {
  return state.rental.halted === null
    ? accepted({ type: 'RentalHalted', data: { invariant, evidence, haltedAt } })
    : ignored('halted already');
}

type Release = Extract<GatewayCommand, { type: 'ReleaseRental' }>;

export function release(state: Present, { why, at: releasedAt }: Release): Outcome<RentalFact> {
  return state.rental.halted === null
    ? ignored('not halted')
    : accepted({ type: 'RentalReleased', data: { why, releasedAt } });
}
