/** Which rentals are, or were, on a node, by their own streams: only of those is anything written down that the node says. */

import { closingOf, placementOf, runOf, type RentalState } from '@tokenos/domain/rental/state';
import { MINUTE, type Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { rentals } from '../streams.js';

/**
 * An answer is used again for so long. A "no" cannot come too early for an honest machine: it learns of a rental from us, after
 * the placement is in the stream.
 */
const KEEP_ANSWER: Millis = MINUTE;
/** Beyond this all is forgotten and asked again: machines may name what they like. */
const MAX_ANSWERS = 10_000;

export class Placements {
  readonly #answers = new Map<string, { readonly placed: boolean; readonly until: Millis }>();

  constructor(
    private readonly act: Pick<Handler, 'load'>,
    private readonly clock: Clock,
  ) {}

  /** Of these rentals, those whose meter may still ask what this node said. */
  async on(nodeId: string, rentalIds: readonly string[]): Promise<string[]> {
    const placed: string[] = [];
    for (const rentalId of new Set(rentalIds)) if (await this.#isOn(nodeId, rentalId)) placed.push(rentalId);
    return placed;
  }

  async #isOn(nodeId: string, rentalId: string): Promise<boolean> {
    const key = `${nodeId} ${rentalId}`;
    const now = this.clock.now();
    const known = this.#answers.get(key);
    if (known !== undefined && now < known.until) return known.placed;
    const { state } = await this.act.load(rentals, rentalId);
    const placed = wasOn(state, nodeId) && (closingOf(state)?.meterClosed ?? null) === null;
    if (this.#answers.size >= MAX_ANSWERS) this.#answers.clear();
    this.#answers.set(key, { placed, until: now + KEEP_ANSWER });
    return placed;
  }
}

/** Also on one that it has left: what was said before that may come late, and those minutes are not metered yet. */
function wasOn(state: RentalState, nodeId: string): boolean {
  const placements = [placementOf(state), ...(runOf(state)?.segments ?? []).map(({ placement }) => placement)];
  return placements.some((placement) => placement?.nodeId === nodeId);
}
