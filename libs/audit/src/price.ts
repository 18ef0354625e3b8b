/** pricing@1 as a taxi meter counts it, and the fee as a clerk does: on purpose not the arithmetic of the platform. */

/** One micro-USDC, in the parts a minute is counted in: 60 minutes to the hour, 10,000 basis points to the whole. */
const PARTS = 600_000n;

export const TIER_BPS = { ON_DEMAND: 10_000, SPOT: 6_000, RESERVED: 9_000 } as const;
/** The platform's part of what is charged. */
export const FEE_BPS = 500;
export const RESERVED_TERMS_MINUTES: readonly number[] = [10_080, 43_200, 129_600];

export interface Priced {
  /** micro-USDC per GPU-hour, on demand. */
  readonly rate: bigint;
  readonly tierBps: number;
  readonly gpuCount: number;
  readonly minutes: number;
}

/** The wheels of the meter: minutes in a day, an hour, a minute. */
const WHEELS = [1_440, 60, 1];

/**
 * Day after day, hour after hour, minute after minute, each adds its exact fraction; a whole micro-USDC is carried over, and what
 * is left at the end is not charged.
 */
export function price({ rate, tierBps, gpuCount, minutes }: Priced): bigint {
  const perMinute = rate * BigInt(tierBps) * BigInt(gpuCount);
  let [micro, parts, left] = [0n, 0n, minutes];
  for (const wheel of WHEELS) {
    const perTurn = perMinute * BigInt(wheel);
    for (; left >= wheel; left -= wheel) {
      parts += perTurn;
      micro += parts / PARTS;
      parts %= PARTS;
    }
  }
  return micro;
}

/** Dividing by 10,000 and rounding down is striking the last four decimal digits. */
export function fee(charge: bigint, feeBps: number): bigint {
  const digits = (charge * BigInt(feeBps)).toString().slice(0, -4);
  return digits === '' ? 0n : BigInt(digits);
}
