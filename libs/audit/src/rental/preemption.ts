/** I11 and preemption@1 in a victim's stream: only SPOT that runs is told, with a receipt that chose it, and has 90 seconds from the delivery on. */

import type { Here } from '../here.js';
import { faultsOfPreemption } from '../preemption.js';
import { instant } from '../units.js';
import type { RentalData } from '../wire.js';
import type { Rental } from './fold.js';
import { lastStretch } from './run.js';

export const NOTICE_MS = 90_000;

type Noticed = RentalData<'PreemptionNoticed'>;

export function notice(rental: Rental, noticed: Noticed, here: Here): void {
  const { note, at, books, stream, revision } = here;
  const { run, attempt, requested } = rental;
  const { tier } = requested.terms;
  if (tier !== 'SPOT') note('I11', `a rental that is ${tier} is told to yield`);
  if (rental.phase !== 'running' || run === null || attempt === null) {
    note('order', `a rental that is ${rental.phase} is told to yield`);
    return;
  }
  if (run.notice !== null) note('order', 'it is told to yield twice');
  const noticedAt = instant(noticed.noticedAt);
  if (noticedAt > at) note('order', 'it is told after it is said to be told');
  note.compare('preemption@1', 'rules of the notice', 'preemption@1', noticed.rules);
  for (const fault of faultsOfPreemption(noticed.receipt)) note('preemption@1', fault);
  checkVictim(rental, noticed, here);
  books.yielding.seeNotice({ stream, revision, at, noticed });
  run.notice = { noticedAt, deliveredAt: null };
}

/** It stands in the receipt as it is, among those that were chosen. */
function checkVictim({ requested, attempt, run }: Rental, noticed: Noticed, { note }: Here): void {
  const { receipt } = noticed;
  const [best] = receipt.best;
  const { rentalId } = requested;
  const gpus = attempt?.placed.gpus.map((gpu) => gpu.uuid).sort() ?? [];
  note.compare('preemption@1', 'the rental it yields to', receipt.request.rentalId, noticed.beneficiaryId);
  note.compare('preemption@1', 'the GPUs that come free', gpus, [...noticed.gpuUuids].sort());
  if (best === undefined) return;
  if (!best.victims.includes(rentalId)) note('preemption@1', 'it was not among the victims that were chosen');
  const own = best.spot.find((spot) => spot.rentalId === rentalId);
  if (own === undefined) return;
  const actual = {
    nodeId: attempt?.placed.nodeId ?? null,
    gpus,
    startedAt: run === null ? null : lastStretch(run).from,
  };
  const said = { nodeId: best.nodeId, gpus: [...own.gpuUuids].sort(), startedAt: instant(own.startedAt) };
  note.compare('preemption@1', 'the victim as it is', actual, said);
}

export function deliver(rental: Rental, told: RentalData<'PreemptionDelivered'>, { note, at }: Here): void {
  const { run, attempt } = rental;
  const open = run?.notice ?? null;
  if (rental.phase !== 'running' || open === null || open.deliveredAt !== null) {
    note('order', 'there is no notice to deliver');
    return;
  }
  note.compare('order', 'attempt that was told', attempt?.placed.attempt ?? null, told.attempt);
  const deliveredAt = instant(told.deliveredAt);
  if (deliveredAt > at) note('order', 'it is delivered after it is said to be delivered');
  if (deliveredAt < open.noticedAt) note('I11', 'it is delivered before it was made');
  note.compare('I11', 'deadline in ms after the delivery', NOTICE_MS, instant(told.deadlineAt) - deliveredAt);
  open.deliveredAt = deliveredAt;
}
