/** Which nodes are there at a moment; asked about moments that never go back, so that nobody looks at machines long gone. */

import type { Node } from './nodes.js';

type Named = readonly [nodeId: string, node: Node];

/** From when on it can be chosen; never, where it has no price. */
export const pricedFirst = ({ prices }: Node): number => prices[0]?.from ?? Number.POSITIVE_INFINITY;

export class Presence {
  private readonly toCome: readonly Named[];
  private next = 0;
  private here: Named[] = [];

  constructor(nodes: Iterable<Named>) {
    this.toCome = [...nodes].sort(([, a], [, b]) => (pricedFirst(a) < pricedFirst(b) ? -1 : 1));
  }

  /** Priced by `moment`, and not retired by `goneBy`. */
  from(moment: number, goneBy: number): readonly Named[] {
    for (let named = this.toCome[this.next]; named !== undefined && pricedFirst(named[1]) <= moment;) {
      this.here.push(named);
      this.next += 1;
      named = this.toCome[this.next];
    }
    this.here = this.here.filter(([, { retiredAt }]) => retiredAt > goneBy);
    return this.here;
  }
}
