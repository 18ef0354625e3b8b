/** Which leases hold their GPUs at a moment; asked about moments that never go back. */

import type { Lease } from './leases.js';

export class Occupancy {
  private next = 0;
  private held: Lease[] = [];

  /** `leases`: in the order in which they began. `lingerMs`: how long what was given back may still be taken for held. */
  constructor(
    private readonly leases: readonly Lease[],
    private readonly lingerMs: number,
  ) {}

  /** Those that surely hold, and those that may: it takes a while until everyone knows that a GPU is free again. */
  at(moment: number): { readonly surely: readonly Lease[]; readonly perhaps: readonly Lease[] } {
    for (let lease = this.leases[this.next]; lease !== undefined && lease.from < moment;) {
      this.held.push(lease);
      this.next += 1;
      lease = this.leases[this.next];
    }
    this.held = this.held.filter(({ until }) => until > moment - this.lingerMs);
    return { surely: this.held.filter(({ until }) => until > moment), perhaps: this.held };
  }
}
