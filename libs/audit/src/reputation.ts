/** reputation@1 by what is missing: every part begins whole and loses what was not earned. On purpose not the platform's arithmetic. */

export interface ScoreInputs {
  readonly ageDays: number;
  readonly uptime: readonly {
    readonly expectedMinutes: number;
    readonly servedMinutes: number;
    readonly platformFaultMinutes: number;
  }[];
  readonly ratings: readonly { readonly stars: number; readonly weight: number }[];
  readonly jobs: { readonly completed: number; readonly failed: number };
}

export interface Score {
  readonly scoreBps: number;
  readonly tier: string;
  readonly provisional: boolean;
}

const WHOLE = 10_000n;
const WEEK = 7;

/** Whole ten-thousandths left of something that lacks `lost` of `all`: what is lost in part is lost. */
function left(lost: bigint, all: bigint): bigint {
  const scaled = lost * WHOLE;
  const broken = scaled % all === 0n ? 0n : 1n;
  return WHOLE - scaled / all - broken;
}

export function score(inputs: ScoreInputs): Score {
  const [uptime, ratings, jobs] = [uptimeLeft(inputs), ratingsLeft(inputs.ratings), jobsLeft(inputs.jobs)];
  // A score is a hundred shares of a hundredth each: striking two digits rounds it down.
  const shares = (uptime * 60n + ratings * 25n + jobs * 15n).toString().padStart(3, '0');
  const scoreBps = Number(shares.slice(0, -2));
  const seen = inputs.jobs.completed + inputs.jobs.failed;
  return { scoreBps, tier: tierOf(scoreBps), provisional: !(inputs.ageDays >= WEEK && seen >= 10) };
}

/** A day at a time: what was missed of what counts; then a week's worth of doubt, less a day for each day of age. */
function uptimeLeft({ ageDays, uptime }: ScoreInputs): bigint {
  let counts = 0;
  let missed = 0;
  for (const { expectedMinutes, servedMinutes, platformFaultMinutes } of uptime) {
    const own = expectedMinutes > platformFaultMinutes ? expectedMinutes - platformFaultMinutes : 0;
    counts += own;
    if (servedMinutes < own) missed += own - servedMinutes;
  }
  if (counts === 0) return 0n;
  const doubt = ageDays < WEEK ? WEEK - ageDays : 0;
  const all = BigInt(counts) * BigInt(WEEK);
  return left(BigInt(missed) * BigInt(WEEK - doubt) + BigInt(counts) * BigInt(doubt), all);
}

/** Stars short of five. The prior is 300 minutes that are one star short each. */
function ratingsLeft(ratings: ScoreInputs['ratings']): bigint {
  let minutes = 300n;
  let short = 300n;
  for (const { stars, weight } of ratings) {
    minutes += BigInt(weight);
    for (let star = stars; star < 5; star++) short += BigInt(weight);
  }
  return left(short, minutes + minutes + minutes + minutes);
}

/** The prior is ten jobs, one of them lost. */
function jobsLeft({ completed, failed }: ScoreInputs['jobs']): bigint {
  return left(BigInt(failed) + 1n, BigInt(completed) + BigInt(failed) + 10n);
}

function tierOf(bps: number): string {
  if (bps < 7_000) return 'BRONZE';
  if (bps < 8_500) return 'SILVER';
  return bps < 9_500 ? 'GOLD' : 'PLATINUM';
}
