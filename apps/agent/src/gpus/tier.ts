/** The marketplace's GPU class of a card, from the name its maker gives it. */

import { GPU_TIERS, type GpuTier } from '@tokenos/domain/pricing/rate-sheet';

/** "NVIDIA GeForce RTX 4090" -> RTX4090, "NVIDIA H100 80GB HBM3" -> H100. Null for a card that the marketplace does not know. */
export function tierOf(model: string): GpuTier | null {
  const words = ` ${model
    .toUpperCase()
    .replace(/RTX[\s-]+(?=\d)/, 'RTX')
    .replace(/[^A-Z0-9]+/g, ' ')} `;
  return GPU_TIERS.find((tier) => words.includes(` ${tier} `)) ?? null;
}
