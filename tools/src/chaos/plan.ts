/** What a seed makes of a run: who is killed at which moment, and what is rented meanwhile. Pure: the same seed is the same plan. */

import { dice } from './dice.js';

/** Facts behind which something is under way for a moment only: a kill that waits for one hits that moment. */
export const TRIGGERS = [
  'RentalRequested',
  'PaymentReceived',
  'RentalPlaced',
  'RentalStarted',
  'RentalEnded',
  'AccessRevoked',
  'MeterClosed',
  'SettlementPlanned',
  'SettlementSigned',
] as const;

export interface Kill {
  readonly victim: string;
  /** The next fact of this type is waited for; null: any moment will do. */
  readonly after: (typeof TRIGGERS)[number] | null;
  /** Wall time behind it. */
  readonly delayMs: number;
}

export interface Asked {
  readonly minutes: number;
  readonly gpuCount: number;
  /** The buyer stops after so long, in seconds of the platform's time; null: the whole term. */
  readonly stopAfterSeconds: number | null;
}

const SOON_MS = 1_500;
const SOME_TIME_MS = 6_000;

/** Each victim dies `moments` times, in an order of the seed's choice. */
export function killsOf(seed: number, victims: readonly string[], moments: number): readonly Kill[] {
  const { between, pick, shuffled } = dice(seed);
  const deaths = victims.flatMap((victim) => Array.from({ length: moments }, () => victim));
  return shuffled(deaths).map((victim) => {
    const after = between(0, 2) === 0 ? null : pick(TRIGGERS);
    return { victim, after, delayMs: between(0, after === null ? SOME_TIME_MS : SOON_MS) };
  });
}

/** The rental with this number: the same in a run with kills and in one without. */
export function askedOf(seed: number, index: number): Asked {
  const { between } = dice(seed * 10_007 + index);
  const minutes = between(2, 4);
  const stops = between(0, 2) === 0;
  const stopAfterSeconds = stops ? between(20, minutes * 60 - 20) : null;
  return { minutes, gpuCount: between(1, 2), stopAfterSeconds };
}
