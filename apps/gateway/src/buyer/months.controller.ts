/** A buyer's month: what was used, and what it emitted. */

import { Controller, Get, Inject, Query } from '@nestjs/common';
import { carbonMonth, monthQuery } from '@tokenos/contracts/api/carbon';
import { usageMonth } from '@tokenos/contracts/api/usage';
import type { z } from 'zod';
import { CallerId, Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { Months } from './months.js';

type Month = z.output<typeof monthQuery>;

@Controller('v1/buyer')
@Roles('buyer')
export class MonthsController {
  constructor(@Inject(Months) private readonly months: Months) {}

  @Get('usage')
  @Describe({
    summary: 'Minutes and cost of a month, rental by rental',
    answers: { 200: { description: 'Of the month in which each ended', schema: usageMonth } },
  })
  usage(@CallerId() buyerId: string, @Query(shape(monthQuery)) { month }: Month) {
    return this.months.usage(buyerId, month);
  }

  @Get('carbon')
  @Describe({
    summary: 'Grams of CO2 of a month, rental by rental, with every factor',
    answers: { 200: { description: 'Of the month in which each ended', schema: carbonMonth } },
  })
  carbon(@CallerId() buyerId: string, @Query(shape(monthQuery)) { month }: Month) {
    return this.months.carbon(buyerId, month);
  }
}
