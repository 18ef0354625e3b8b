/** A duty says "at this time, look at this stream again". Its handler re-reads the stream and decides: it is a reminder, never an order. */

import type { Json } from '../event-store/envelope.js';

export type DutyChange =
  /** Creates the duty or moves it: the new time and payload replace the old, and attempts start again. */
  | {
      readonly do: 'schedule';
      readonly kind: string;
      readonly key: string;
      readonly dueAt: number;
      readonly payload?: Json;
    }
  | { readonly do: 'cancel'; readonly kind: string; readonly key: string };

export interface Duty {
  readonly kind: string;
  /** Usually the stream: `rental-0190...`. One (kind, key) never runs twice at once. */
  readonly key: string;
  /** Epoch milliseconds in the platform's time. */
  readonly dueAt: number;
  /** Failed attempts since it was last scheduled. */
  readonly attempts: number;
  readonly payload: Json;
}

/** `done` forgets the duty, unless it was scheduled anew meanwhile; `again` keeps it for that time (epoch ms, platform's time). */
export type DutyOutcome = 'done' | { readonly again: number };

/** A throw means: try again later, with backoff. The signal aborts when the service shuts down or the lease is lost. */
export type DutyHandler = (duty: Duty, signal: AbortSignal) => Promise<DutyOutcome>;

export type DutyHandlers = Readonly<Record<string, DutyHandler>>;
