/** What a rental's GPUs emitted, with every factor that was used. */

export interface CarbonGroup {
  readonly nodeId: string;
  /** Served minutes on this node. */
  readonly minutes: number;
  readonly gpuCount: number;
  readonly gpuTier: string;
  /** Thermal design power of one GPU. */
  readonly tdpWatts: number;
  /** ISO 3166-1 alpha-2, as the operator declared it. */
  readonly country: string;
  /** Of the grid, as an integer: grams of CO2 per kWh times `intensityScale`. */
  readonly intensity: number;
  readonly intensityScale: number;
  /** Names data set, year and package version. */
  readonly intensitySource: string;
  /** 100 = no overhead; null: the operator declared none. */
  readonly puePercent: number | null;
  readonly mg: number;
}

export interface CarbonAttributed {
  readonly rules: string;
  readonly groups: readonly CarbonGroup[];
  /** The sum of all groups. GPUs only: host power is not included. */
  readonly mg: number;
  /** The same with each operator's declared PUE; null unless every machine has one. */
  readonly mgWithPue: number | null;
}
