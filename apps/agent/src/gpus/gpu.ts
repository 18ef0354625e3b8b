/** A GPU of this node, real or simulated. */

export interface Gpu {
  readonly uuid: string;
  /** As its maker calls it, e.g. "NVIDIA H100 80GB HBM3"; a simulated one says so in its name. */
  readonly model: string;
  /** Device files that a lease of this GPU needs; none for a simulated one. */
  readonly devices: readonly string[];
}

export interface Gpus {
  readonly simulated: boolean;
  /** The marketplace's class, e.g. H100. */
  readonly tier: string;
  readonly gpus: readonly Gpu[];
}
