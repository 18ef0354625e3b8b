/** carbon@1 by way of joules, as a power meter counts: on purpose not the arithmetic of the platform. */

export interface Drawn {
  readonly minutes: number;
  readonly gpuCount: number;
  readonly tdpWatts: number;
  readonly intensity: number;
  readonly intensityScale: number;
}

const SECONDS_PER_MINUTE = 60n;
const JOULES_PER_KWH = 3_600_000n;
const MG_PER_G = 1_000n;

/** Energy first (watt seconds of every GPU), then mass: joules over joules per kWh, times grams per kWh, in milligrams. */
export function carbonMg({ minutes, gpuCount, tdpWatts, intensity, intensityScale }: Drawn): bigint {
  let watts = 0n;
  for (let gpu = 0; gpu < gpuCount; gpu++) watts += BigInt(tdpWatts);
  const joules = watts * BigInt(minutes) * SECONDS_PER_MINUTE;
  const parts = joules * BigInt(intensity) * MG_PER_G;
  const partsPerMg = JOULES_PER_KWH * BigInt(intensityScale);
  return (parts - (parts % partsPerMg)) / partsPerMg;
}

/** A percentage rounded down is the last two decimal digits struck. */
export function withPue(mg: bigint, puePercent: number): bigint {
  const digits = (mg * BigInt(puePercent)).toString().slice(0, -2);
  return digits === '' ? 0n : BigInt(digits);
}

/** Of one GPU, by class, from the vendors' data sheets. */
export const TDP_WATTS = {
  GB300: 1_400,
  B300: 1_400,
  B200: 1_000,
  H200: 700,
  H100: 700,
  A100: 400,
  L40S: 350,
  RTX5090: 575,
  RTX4090: 450,
} as const;
