/** Becoming an operator, and what was earned as one. */

import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { becomeOperator, earnings, operatorAnswer } from '@tokenos/contracts/api/operator';
import { pageQuery, type PageQuery } from '@tokenos/contracts/api/rental';
import type { Handler } from '@tokenos/runtime/handle';
import { HANDLE } from '@tokenos/runtime/service/tokens';
import type { z } from 'zod';
import { CallerId, Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { refusal } from '../problem/problem.js';
import { operators } from '../streams.js';
import { Earnings } from './earnings.js';

@Controller('v1/operator')
@Roles('operator')
export class OperatorController {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(Earnings) private readonly earned: Earnings,
  ) {}

  @Post()
  @HttpCode(200)
  @Describe({
    summary: 'Become an operator: where payouts go',
    answers: { 200: { description: 'Registered (now or before)', schema: operatorAnswer } },
  })
  async register(
    @CallerId() operatorId: string,
    @Body(shape(becomeOperator)) { payoutWallet }: z.output<typeof becomeOperator>,
  ) {
    const command = { type: 'RegisterOperator', operatorId, wallet: payoutWallet } as const;
    const handled = await this.act.handle(operators, operatorId, () => command);
    if (handled.kind === 'rejected') throw refusal(handled.rejection);
    return { operatorId, payoutWallet };
  }

  @Get('earnings')
  @Describe({
    summary: 'What your machines earned, rental by rental, with the signature of each payout',
    answers: { 200: { description: 'Newest first', schema: earnings } },
  })
  earnings(@CallerId() operatorId: string, @Query(shape(pageQuery)) { cursor, limit }: PageQuery) {
    return this.earned.page(operatorId, cursor, limit);
  }
}
