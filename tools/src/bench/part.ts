/** A part of the benchmarks: what it measures, and how it is asked to. */

import type { Interrupt } from '../platform/interrupt.js';
import type { Report } from './figures.js';

export interface BenchOptions {
  /** Rentals of the platform's part, one after the other. */
  readonly rentals: number;
  /** Facts in the largest store that is measured. */
  readonly facts: number;
}

export interface Bench {
  /** Where its servers keep their data: empty, and deleted afterwards. */
  readonly dataDir: string;
  readonly options: BenchOptions;
  /** Whoever measures in a loop ends it when this happened, and stops what it started. */
  readonly interrupted: Interrupt;
}

/** Leaves nothing running behind it, also when it throws. */
export type Part = (bench: Bench) => Promise<Report>;
