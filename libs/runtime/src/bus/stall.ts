/** When is a consumer stalled? Messages wait, the server could deliver, nobody is at work, and yet nothing comes. */

export interface Observation {
  /** Messages that match and were never delivered. */
  readonly pending: number;
  /** Rises with every delivery. */
  readonly delivered: number;
  /** Delivered and not yet answered, by whichever process. */
  readonly unanswered: number;
  /** This process is handling messages. */
  readonly busy: boolean;
}

/** Observations in a row, evenly spaced, that must all show the same standstill. */
export const STALL_OBSERVATIONS = 3;

export function isStalled(recent: readonly Observation[], maxUnanswered: number): boolean {
  const [first, ...rest] = recent.slice(-STALL_OBSERVATIONS);
  if (first === undefined || rest.length < STALL_OBSERVATIONS - 1) return false;
  const still = ({ pending, unanswered, busy }: Observation): boolean =>
    pending > 0 && unanswered < maxUnanswered && !busy;
  return still(first) && rest.every((seen) => still(seen) && seen.delivered === first.delivered);
}
