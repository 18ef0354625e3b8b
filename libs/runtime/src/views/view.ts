/** What a service keeps of the facts: its own tables, folded fact by fact, and the duties that follow from each fact. */

import type { Transaction } from 'kysely';
import type { Migrations } from '../database/migrate.js';
import type { Envelope } from '../event-store/envelope.js';
import type { DutyChange } from './duty.js';

export interface PlaceInRun {
  /** No later fact of its stream is folded in this transaction: what each fact writes anew need be written for this one only. */
  readonly last: boolean;
}

export interface View<Tables> {
  /** The service's own tables (`001-nodes`), made in the service's schema. */
  readonly migrations: Migrations;
  /** Tables that are nothing but a fold of facts: what a rebuild makes anew. Lock tables, cursors and queues do not belong here. */
  readonly tables: readonly (keyof Tables & string)[];
  /**
   * Folds one fact into the tables. Called in revision order within a stream, each revision once; between streams in no
   * promised order, and several at the same time, so a row may depend on one stream only. Fact types it does not know are to
   * be passed over.
   */
  apply(tx: Transaction<Tables>, envelope: Envelope, place: PlaceInRun): Promise<void>;
  /**
   * Where duties write some of the tables, from whole streams: does what they would, so that a rebuilt view lacks nothing.
   * Called after every fact was folded, maybe several times.
   */
  complete?(tx: Transaction<Tables>, read: (stream: string) => Promise<readonly Envelope[]>): Promise<void>;
}

/** Pure: what a fact makes due or no longer due. Committed with the view, in one transaction. */
export type Reactions = (envelope: Envelope) => readonly DutyChange[];
