/** What the benchmarks report: figures, most of them beside a limit that was taken in the same run by the simplest means. */

export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly value: number;
  /** What the machine does at best while nothing of ours stands in between. */
  readonly limit?: { readonly what: string; readonly value: number };
  /** How much of the limit is reached: 1 is all of it, more is better, for rates and durations alike. */
  readonly ratio?: number;
  readonly aim?: Aim;
}

export interface Aim {
  readonly of: 'ratio' | 'value';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Report {
  /** What a reader has to know about the servers, as they say it themselves. */
  readonly settings: Readonly<Record<string, string>>;
  readonly figures: readonly Figure[];
}

/** One that is asked for an aim it has no figure for has missed it. */
export function isMet({ value, ratio, aim }: Figure): boolean {
  if (aim === undefined) return true;
  const measured = aim.of === 'value' ? value : (ratio ?? NaN);
  return measured >= (aim.atLeast ?? -Infinity) && measured <= (aim.atMost ?? Infinity);
}

/** The value below which this share of the samples lies, itself one of the samples; NaN of none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const median = (samples: readonly number[]): number => quantile(samples, 1 / 2);

export interface Round<Sample> {
  readonly value: Sample;
  readonly limit: Sample;
}

type Compared = Required<Pick<Figure, 'value' | 'limit' | 'ratio'>>;

/**
 * Of rounds that were taken in turns. The ratio is the median of each round's own: what slowed the machine for a while slowed
 * both sides of a round, and a ratio of medians would compare one side's good hour with the other's bad one.
 */
export function compareRates<Sample>(
  rounds: readonly Round<Sample>[],
  what: string,
  of: (sample: Sample) => number,
): Compared {
  return {
    value: median(rounds.map(({ value }) => of(value))),
    limit: { what, value: median(rounds.map(({ limit }) => of(limit))) },
    ratio: median(rounds.map(({ value, limit }) => of(value) / of(limit))),
  };
}

/** Where less is better: the ratio is still above 1 where we need less than the limit. */
export function compareCosts<Sample>(
  rounds: readonly Round<Sample>[],
  what: string,
  of: (sample: Sample) => number,
): Compared {
  return { ...compareRates(rounds, what, of), ratio: median(rounds.map(({ value, limit }) => of(limit) / of(value))) };
}
