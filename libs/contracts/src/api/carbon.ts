/** Carbon as a buyer sees it: grams of the GPUs' own power, and every factor that went into them. */

import { GPU_TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';

/** Milligrams as the facts have them, and the same in grams for people: "239.442". */
const emitted = {
  mg: z.int().nonnegative(),
  grams: z.string(),
  mgWithPue: z.int().nonnegative().nullable(),
  gramsWithPue: z.string().nullable(),
};

export const carbonAnswer = z.strictObject({
  rules: z.string(),
  ...emitted,
  /** False while it is shown so far; true once it is on record. */
  final: z.boolean(),
  hostPowerIncluded: z.literal(false).describe("the GPUs' own power only: host, network and cooling are not in it"),
  machines: z.array(
    z.strictObject({
      nodeId: z.string(),
      minutes: z.int(),
      gpuTier: z.string(),
      gpuCount: z.int(),
      tdpWatts: z.int(),
      country: z.string(),
      intensity: z.int().describe('of the grid, yearly average, times intensityScale'),
      intensityScale: z.int(),
      intensityUnit: z.literal('g/kWh'),
      intensitySource: z.string(),
      puePercent: z.int().nullable().describe("the operator's declared PUE; null: none declared"),
      mg: z.int(),
    }),
  ),
});
export type CarbonAnswer = z.infer<typeof carbonAnswer>;

export const monthQuery = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .describe('a UTC month, YYYY-MM: rentals that ended in it, and in the current one those that still run'),
});

export const rentalOfMonth = {
  rentalId: z.uuid(),
  label: z.string().nullable(),
  gpuTier: z.enum(GPU_TIERS),
  gpuCount: z.int(),
  startedAt: z.iso.datetime(),
  /** Null while it runs. */
  endedAt: z.iso.datetime().nullable(),
};

export const carbonMonth = z.strictObject({
  month: z.string(),
  total: z.strictObject(emitted),
  rentals: z.array(z.strictObject({ ...rentalOfMonth, carbon: carbonAnswer })),
});
export type CarbonMonth = z.infer<typeof carbonMonth>;
