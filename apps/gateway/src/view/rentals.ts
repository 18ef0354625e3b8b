/** Folds `rental-<id>` into the indexes: whose, open or not, which GPUs it holds, who serves it. */

import type { RentalFact, RentalPlaced } from '@tokenos/domain/rental/facts';
import { DAY, type Millis } from '@tokenos/domain/time';
import type { Transaction } from 'kysely';
import type { GatewayTables } from './tables.js';

type Tx = Transaction<GatewayTables>;

/** A placement that never says more is forgotten after this; a start says until when it holds. */
const SILENT_PLACEMENT: Millis = DAY;

export interface Told {
  readonly at: Millis;
  /** No later fact of this rental is folded with it, which would say anew when it changed. */
  readonly last: boolean;
}

export async function applyRentalFact(tx: Tx, rentalId: string, fact: RentalFact, { at, last }: Told): Promise<void> {
  if (fact.type === 'RentalRequested') {
    const { buyerId, terms } = fact.data;
    await tx
      .insertInto('rentals')
      .values({ rental_id: rentalId, buyer_id: buyerId, tier: terms.tier, noticed: false, open: true, changed_at: at })
      .execute();
    return;
  }
  const news = standing(fact);
  if (last || news !== null) {
    await tx
      .updateTable('rentals')
      .set({ changed_at: at, ...news })
      .where('rental_id', '=', rentalId)
      .execute();
  }
  await applyToGpus(tx, rentalId, fact, at);
}

function standing(fact: RentalFact) {
  switch (fact.type) {
    case 'RentalStarted':
      return { started_at: fact.data.startedAt };
    case 'PreemptionNoticed':
      return { noticed: true };
    case 'RentalInterrupted':
      return { noticed: false };
    case 'RentalEnded':
      return { open: false, ended_at: fact.data.effectiveAt };
    case 'RequestExpired':
    case 'RentalSettled':
      return { open: false };
    default:
      return null;
  }
}

async function applyToGpus(tx: Tx, rentalId: string, fact: RentalFact, at: Millis): Promise<void> {
  switch (fact.type) {
    case 'RentalPlaced':
      await hold(tx, rentalId, fact.data, at + SILENT_PLACEMENT);
      break;
    case 'RentalStarted':
    case 'RentalExtended':
      await tx
        .updateTable('held_gpus')
        .set({ until: fact.data.endsAt })
        .where('rental_id', '=', rentalId)
        .where('attempt', '=', latestAttempt(tx, rentalId))
        .execute();
      break;
    case 'PlacementFailed':
    case 'AccessRevoked':
      await tx
        .deleteFrom('held_gpus')
        .where('rental_id', '=', rentalId)
        .where('attempt', '=', fact.data.attempt)
        .execute();
      break;
  }
}

/** A lost machine's GPUs are held no longer than was paid for when it was lost. */
const latestAttempt = (tx: Tx, rentalId: string) =>
  tx
    .selectFrom('held_gpus')
    .select(({ fn }) => fn.max('attempt').as('latest'))
    .where('rental_id', '=', rentalId);

async function hold(
  tx: Tx,
  rentalId: string,
  { attempt, gpus, nodeId, operatorId }: RentalPlaced,
  until: Millis,
): Promise<void> {
  await tx
    .insertInto('held_gpus')
    .values(gpus.map(({ uuid }) => ({ rental_id: rentalId, attempt, node_id: nodeId, gpu_uuid: uuid, until })))
    .execute();
  await tx
    .insertInto('served')
    .values({ rental_id: rentalId, operator_id: operatorId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
