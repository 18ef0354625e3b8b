/** carbon@1: milligrams of CO2 of served GPU-minutes. The GPUs' own power only: host, network and cooling are not in it. */

import { mulDiv } from '../money.js';

export const CARBON = 'carbon@1';

/** What one machine served of a rental, and the grid it drew from. Every figure is a whole number. */
export interface CarbonInputs {
  /** Served minutes, whether they were charged or given away: the GPUs drew power in both. */
  readonly minutes: number;
  readonly gpuCount: number;
  readonly tdpWatts: number;
  /** Grams of CO2 per kWh, times `intensityScale`. */
  readonly intensity: number;
  readonly intensityScale: number;
  /** Power usage effectiveness that the operator declared, in percent of the machine's own power; null where it declared none. */
  readonly puePercent: number | null;
}

export interface Footprint {
  readonly mg: number;
  /** The same with each operator's declared PUE; null unless every machine has one: half a figure would mislead. */
  readonly mgWithPue: number | null;
}

const PERCENT = 100n;
const MINUTES_PER_HOUR = 60n;

/** floor(minutes x gpuCount x tdpWatts x intensity / (60 x scale)): 1 Wh at 1 g/kWh is 1 mg. Floored once per machine. */
export function milligrams(inputs: CarbonInputs): bigint {
  const wattMinutes = BigInt(inputs.minutes) * BigInt(inputs.gpuCount) * BigInt(inputs.tdpWatts);
  return mulDiv(wattMinutes, BigInt(inputs.intensity), MINUTES_PER_HOUR * BigInt(inputs.intensityScale), 'floor');
}

/** floor(mg x puePercent / 100), of the floored figure, so that a reader of a receipt can check it. */
export const withPue = (mg: bigint, puePercent: number): bigint => mulDiv(mg, BigInt(puePercent), PERCENT, 'floor');

/** A rental's footprint: each machine's figure is floored by itself, then added. Throws a RangeError beyond 9 million tonnes. */
export function footprint(machines: readonly CarbonInputs[]): Footprint {
  let mg = 0n;
  let more: bigint | null = machines.length === 0 ? null : 0n;
  for (const machine of machines) {
    const own = milligrams(machine);
    mg += own;
    more = more === null || machine.puePercent === null ? null : more + withPue(own, machine.puePercent);
  }
  return { mg: whole(mg), mgWithPue: more === null ? null : whole(more) };
}

function whole(mg: bigint): number {
  if (mg > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`no rental emits ${mg} mg`);
  return Number(mg);
}
