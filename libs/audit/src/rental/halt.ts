/** A rental that contradicts itself is held still: nothing is placed, planned or signed until a person has looked. */

import type { Here } from '../here.js';
import type { RentalWire } from '../wire.js';
import type { Rental } from './fold.js';

const HELD_STILL: readonly RentalWire['type'][] = [
  'RentalPlaced.v1',
  'SettlementPlanned.v1',
  'SettlementSigned.v1',
  'RentalSettled.v1',
];

export function checkHalt({ halted }: Rental, { type }: RentalWire, { note }: Here): void {
  if (halted && HELD_STILL.includes(type)) note('halted', `${type} while it is held still`);
}

export function halt(rental: Rental, { note }: Here): void {
  if (rental.halted) note('order', 'it is halted already');
  rental.halted = true;
}

export function release(rental: Rental, { note }: Here): void {
  if (!rental.halted) note('order', 'it is released, but was not halted');
  rental.halted = false;
}
