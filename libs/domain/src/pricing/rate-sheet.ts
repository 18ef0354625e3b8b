/** The one public rate sheet: tiers, reserved terms, fee and GPU classes. Versioned; a released version is never edited. */

import { usdc, type MicroUsdc } from '../money.js';

export const RATE_SHEET = 'rates@1';

export const TIERS = ['ON_DEMAND', 'SPOT', 'RESERVED'] as const;
export type Tier = (typeof TIERS)[number];

export const TIER_BPS: Readonly<Record<Tier, number>> = { ON_DEMAND: 10_000, SPOT: 6_000, RESERVED: 9_000 };
export const BPS = 10_000;

export const RESERVED_DAYS: readonly number[] = [7, 30, 90];

/** The platform's share of a charge. */
export const DEFAULT_FEE_BPS = 500;

/** GPU classes on the marketplace, in the order they are shown. */
export const GPU_TIERS = ['GB300', 'B300', 'B200', 'H200', 'H100', 'A100', 'L40S', 'RTX5090', 'RTX4090'] as const;
export type GpuTier = (typeof GPU_TIERS)[number];

export const isGpuTier = (value: string): value is GpuTier => (GPU_TIERS as readonly string[]).includes(value);

/** The sample H100 on-demand rate of the landing page: 5.84 USDC per GPU-hour. */
export const SAMPLE_H100_RATE: MicroUsdc = usdc(5_840_000n);

export const MAX_GPUS_PER_RENTAL = 8;
export const MIN_RENTAL_MINUTES = 1;
export const MAX_RENTAL_MINUTES = 90 * 24 * 60;

/** 1,000 USDC per GPU-hour: beyond it a price, asked or offered, is a slip of the hand. */
export const MAX_RATE = 1_000_000_000n;
