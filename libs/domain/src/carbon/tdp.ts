/** Thermal design power per GPU in watts, by class: the vendors' data sheets, and for the SXM classes the SXM module. */

import type { GpuTier } from '../pricing/rate-sheet.js';

export const TDP_WATTS: Readonly<Record<GpuTier, number>> = {
  GB300: 1_400,
  B300: 1_400,
  B200: 1_000,
  H200: 700,
  H100: 700,
  A100: 400,
  L40S: 350,
  RTX5090: 575,
  RTX4090: 450,
};
