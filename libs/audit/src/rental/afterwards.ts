/** What is said of a rental beside its course: a checkpoint, what it emitted, what its buyer thought of it. */

import { carbonMg, TDP_WATTS, withPue } from '../carbon.js';
import type { Here } from '../here.js';
import { instant } from '../units.js';
import type { RentalData } from '../wire.js';
import { isOver, minutesServed, type Rental } from './fold.js';
import { judge } from './verdicts.js';

export function askCheckpoint(rental: Rental, asked: RentalData<'CheckpointRequested'>, { note, at }: Here): void {
  if (rental.phase !== 'running') note('order', `a rental that is ${rental.phase} has nothing to save`);
  if (instant(asked.requestedAt) > at) note('order', 'it is asked for after it is said to be asked for');
  rental.checkpoint = 'asked';
}

export function saveCheckpoint(rental: Rental, saved: RentalData<'CheckpointSaved'>, { note, at }: Here): void {
  if (rental.checkpoint !== 'asked') note('order', 'nobody asked for this checkpoint');
  note.compare('order', 'attempt that is saved', rental.attempt?.placed.attempt ?? null, saved.attempt);
  if (instant(saved.savedAt) > at) note('order', 'it is saved after it is said to be saved');
  rental.checkpoint = 'saved';
}

/** Once, and only by who was served. */
export function rate(rental: Rental, rated: RentalData<'RentalRated'>, here: Here): void {
  const { note, at } = here;
  if (rental.rating !== null) note('order', 'it is rated twice');
  else if (!isOver(rental) || minutesServed(rental) === 0) note('order', 'there is nothing to rate');
  const ratedAt = instant(rated.ratedAt);
  if (ratedAt > at) note('order', 'it is rated after it is said to be rated');
  rental.rating = { stars: rated.stars, ratedAt };
  judge(rental, here);
}

type Carbon = RentalData<'CarbonAttributed'>;

/** Every figure computed again; the country and the PUE of each node are held against its stream elsewhere. */
export function attribute(rental: Rental, carbon: Carbon, { note, books, stream, revision, at }: Here): void {
  if (rental.attributed) note('order', 'its carbon is attributed twice');
  else if (!rental.meterClosed) note('order', 'its carbon is attributed before the meter closed');
  rental.attributed = true;
  if (!note.compare('carbon@1', 'rules of the figure', 'carbon@1', carbon.rules)) return;
  const served = (rental.run?.byNode ?? []).map(({ nodeId, minutes }) => `${nodeId} ${minutes}`);
  const said = carbon.groups.map(({ nodeId, minutes }) => `${nodeId} ${minutes}`);
  note.compare('carbon@1', 'served minutes by node', served.sort(), said.sort());
  const { gpuCount, gpuTier } = rental.requested.terms;
  for (const group of carbon.groups) {
    const factors = { gpuCount, gpuTier, tdpWatts: TDP_WATTS[gpuTier] };
    const used = { gpuCount: group.gpuCount, gpuTier: group.gpuTier, tdpWatts: group.tdpWatts };
    note.compare('carbon@1', `GPUs of ${group.nodeId}`, factors, used);
    note.compare('carbon@1', `milligrams of ${group.nodeId}`, carbonMg(group), BigInt(group.mg));
    books.registry.seeCarbon({ stream, revision, at, group });
  }
  note.compare('carbon@1', 'milligrams of all', sumOf(carbon.groups, ({ mg }) => BigInt(mg)) ?? 0n, BigInt(carbon.mg));
  const more = carbon.groups.length === 0 ? null : sumOf(carbon.groups, withOwnPue);
  note.compare('carbon@1', 'milligrams with PUE', more?.toString() ?? null, carbon.mgWithPue?.toString() ?? null);
}

const withOwnPue = ({ mg, puePercent }: Carbon['groups'][number]): bigint | null =>
  puePercent === null ? null : withPue(BigInt(mg), puePercent);

/** Null where one of them says nothing: half a figure would mislead. */
function sumOf(groups: Carbon['groups'], figure: (group: Carbon['groups'][number]) => bigint | null): bigint | null {
  let sum = 0n;
  for (const group of groups) {
    const own = figure(group);
    if (own === null) return null;
    sum += own;
  }
  return sum;
}
