/** What settlement keeps: quotes that a transfer may mean, where operators are paid, how far the chain was read, and the heads of all streams. Each adapter keeps the same contract. */

import type { KnownQuote } from '@tokenos/domain/payment/match';
import type { Millis } from '@tokenos/domain/time';
import type { Heads } from '../anchors/port.js';
import type { IncomingTransfer, ScanCursor } from '../chain/port.js';

export interface OpenQuote extends Omit<KnownQuote, 'open'> {
  /** Nobody says when it has passed; null: somebody does. */
  readonly expiresAt: Millis | null;
}

export interface Meaning extends Pick<IncomingTransfer, 'references' | 'memo' | 'amount'> {
  readonly blockTime: Millis;
}

/** Fold of `rental-<id>`: of the request and of each extension. */
export interface Quotes {
  open(quote: OpenQuote): Promise<void>;
  /** Not payable by its amount alone any more. Nothing happens to one it has not heard of. */
  close(rentalId: string, extensionId?: string): Promise<void>;
  /** The request and all its extensions. */
  closeAll(rentalId: string): Promise<void>;
  /** Named by reference or memo, or still payable and of exactly this amount. In no order. */
  meantBy(transfer: Meaning): Promise<readonly KnownQuote[]>;
}

/** Fold of `operator-<id>`. */
export interface Wallets {
  set(operatorId: string, wallet: string): Promise<void>;
  /** Replaces the wallet from its time on; the change before it is in force by now. */
  change(operatorId: string, wallet: string, effectiveAt: Millis): Promise<void>;
  /** Where a payout of this moment goes, by operator; of those it has heard of. */
  at(now: Millis, operatorIds: readonly string[]): Promise<Readonly<Record<string, string>>>;
}

/** One for the account that plans pay from, one for all others. */
export type ScanName = 'treasury' | 'foreign';

export interface Scans {
  /** Where the next scan goes on; null before the first. */
  cursor(name: ScanName): Promise<ScanCursor | null>;
  /** Every finalized payment up to this time has been credited; null where nobody can say. */
  finalizedThrough(name: ScanName): Promise<Millis | null>;
  keep(name: ScanName, cursor: ScanCursor, finalizedThrough: Millis | null): Promise<void>;
}

export interface Repositories {
  readonly quotes: Quotes;
  readonly wallets: Wallets;
  readonly scans: Scans;
  readonly heads: Heads;
}
