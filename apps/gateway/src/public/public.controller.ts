/** What anyone may know: the rate sheet, what is on offer right now, and the keys that sign our tokens. */

import { Controller, Get, Inject, Query } from '@nestjs/common';
import { jwks, type Jwks } from '@tokenos/contracts/api/auth';
import { both } from '@tokenos/contracts/api/money';
import { offers, offersQuery, rates } from '@tokenos/contracts/api/public';
import { usdc } from '@tokenos/domain/money';
import { NEWCOMER_REPUTATION_BPS } from '@tokenos/domain/placement/placement';
import { price, PRICING } from '@tokenos/domain/pricing/pricing';
import {
  DEFAULT_FEE_BPS,
  GPU_TIERS,
  MAX_GPUS_PER_RENTAL,
  MAX_RENTAL_MINUTES,
  RATE_SHEET,
  RESERVED_DAYS,
  TIER_BPS,
  TIERS,
} from '@tokenos/domain/pricing/rate-sheet';
import type { z } from 'zod';
import { Public } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { JWKS } from '../tokens.js';
import { Machines, type Machine } from '../view/machines.js';

@Controller()
@Public()
export class PublicController {
  constructor(
    @Inject(Machines) private readonly machines: Machines,
    @Inject(JWKS) private readonly keys: Jwks,
  ) {}

  @Get('v1/public/rates')
  @Describe({ summary: 'The rate sheet', answers: { 200: { description: 'In force', schema: rates } } })
  rates(): z.infer<typeof rates> {
    return {
      rules: RATE_SHEET,
      pricing: PRICING,
      feeBps: DEFAULT_FEE_BPS,
      tiers: TIERS.map((tier) => ({
        tier,
        bps: TIER_BPS[tier],
        days: tier === 'RESERVED' ? [...RESERVED_DAYS] : null,
      })),
      gpuTiers: [...GPU_TIERS],
      maxGpusPerRental: MAX_GPUS_PER_RENTAL,
      maxRentalMinutes: MAX_RENTAL_MINUTES,
    };
  }

  @Get('v1/public/offers')
  @Describe({ summary: 'What is on offer right now', answers: { 200: { description: 'Live', schema: offers } } })
  async offers(@Query(shape(offersQuery)) { gpuTier, region }: z.output<typeof offersQuery>) {
    const machines = await this.machines.list();
    const shown = machines.filter(
      ({ node }) =>
        node.verification === 'verified' &&
        !node.draining &&
        (gpuTier === undefined || node.gpu_tier === gpuTier) &&
        (region === undefined || node.region === region),
    );
    return { items: shown.flatMap(offerOf) };
  }

  @Get('.well-known/jwks.json')
  @Describe({
    summary: 'The public keys that sign access tokens',
    answers: { 200: { description: 'RFC 7517', schema: jwks } },
  })
  jwks(): Jwks {
    return this.keys;
  }
}

function offerOf({ node, idleGpus, online }: Machine) {
  if (node.rate === null) return [];
  const rateMicroUsdcPerHour = usdc(node.rate);
  const hourly = (tier: (typeof TIERS)[number]) =>
    price({ rateMicroUsdcPerHour, tierBps: TIER_BPS[tier], gpuCount: 1, minutes: 60 });
  return [
    {
      nodeId: node.node_id,
      operatorId: node.operator_id,
      gpuTier: node.gpu_tier,
      model: node.gpus[0]?.model ?? node.gpu_tier,
      simulated: node.simulated,
      region: node.region,
      country: node.country,
      online,
      gpus: node.gpus.length,
      idleGpus,
      reputationBps: NEWCOMER_REPUTATION_BPS,
      prices: TIERS.map((tier) => ({ tier, ...both('hourlyPrice', hourly(tier)) })),
    },
  ];
}
