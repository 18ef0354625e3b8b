/** What anyone may know: the rate sheet, what is on offer right now, and the keys that sign our tokens. */

import { Controller, Get, Inject, Query } from '@nestjs/common';
import { jwks, type Jwks } from '@tokenos/contracts/api/auth';
import { offers, offersQuery, rates, type Offer, type Rates } from '@tokenos/contracts/api/public';
import type { z } from 'zod';
import { Public } from '../auth/access.js';
import { BPS_PER_POINT } from '../buyer/terms.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { JWKS } from '../tokens.js';
import { Machines } from '../view/machines.js';
import { offerOf } from './offer.js';
import { ratesOf } from './rate-answer.js';

@Controller()
@Public()
export class PublicController {
  constructor(
    @Inject(Machines) private readonly machines: Machines,
    @Inject(JWKS) private readonly keys: Jwks,
  ) {}

  @Get('v1/public/rates')
  @Describe({
    summary: 'The rate sheet, and what the market asks right now for each class of GPU',
    answers: { 200: { description: 'In force', schema: rates } },
  })
  async rates(): Promise<Rates> {
    return ratesOf(await this.machines.list());
  }

  @Get('v1/public/offers')
  @Describe({
    summary: 'What is on offer right now, machine by machine, with the price at each tier',
    answers: { 200: { description: 'Live', schema: offers } },
  })
  async offers(@Query(shape(offersQuery)) { gpuTier, region, minReputation = 0 }: z.output<typeof offersQuery>) {
    const machines = await this.machines.list();
    const items = machines.flatMap((machine) => offerOf(machine) ?? []);
    const isAsked = (offer: Offer): boolean =>
      (gpuTier === undefined || offer.gpuTier === gpuTier) &&
      (region === undefined || offer.region === region) &&
      offer.reputationBps >= minReputation * BPS_PER_POINT;
    return { items: items.filter(isAsked) };
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
