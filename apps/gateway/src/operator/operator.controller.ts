/** Becoming an operator, where payouts go, what was earned, and the reputation that came of it. */

import { Body, Controller, Get, HttpCode, Inject, Patch, Post, Query } from '@nestjs/common';
import { becomeOperator, earnings, operatorAnswer, walletAnswer } from '@tokenos/contracts/api/operator';
import { pageQuery, type PageQuery } from '@tokenos/contracts/api/rental';
import { reputationAnswer } from '@tokenos/contracts/api/reputation';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { CLOCK, HANDLE } from '@tokenos/runtime/service/tokens';
import type { z } from 'zod';
import { CallerId, Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { refusal } from '../problem/problem.js';
import { operators } from '../streams.js';
import { Reputations } from '../view/reputations.js';
import { Earnings } from './earnings.js';
import { walletOf } from './wallet.js';

@Controller('v1/operator')
@Roles('operator')
export class OperatorController {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Earnings) private readonly earned: Earnings,
    @Inject(Reputations) private readonly reputations: Reputations,
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

  @Get()
  @Describe({
    summary: 'Where your payouts go, and from when on somewhere else',
    answers: { 200: { description: 'As it stands', schema: walletAnswer } },
  })
  async wallet(@CallerId() operatorId: string) {
    const { state } = await this.act.load(operators, operatorId);
    return walletOf(state, this.clock.now());
  }

  @Patch()
  @Describe({
    summary:
      'Change the payout wallet: it takes effect 48 hours later, so that a stolen token cannot empty the next payout',
    answers: { 200: { description: 'On its way (now or before)', schema: walletAnswer } },
  })
  async changeWallet(
    @CallerId() operatorId: string,
    @Body(shape(becomeOperator)) { payoutWallet: wallet }: z.output<typeof becomeOperator>,
  ) {
    const handled = await this.act.handle(operators, operatorId, (at) => ({ type: 'ChangeWallet', at, wallet }));
    if (handled.kind === 'rejected') throw refusal(handled.rejection);
    return walletOf(handled.state, this.clock.now());
  }

  @Get('reputation')
  @Describe({
    summary: 'Your score with every input, and for each of the last 30 days why it changed',
    answers: { 200: { description: 'As anyone sees it', schema: reputationAnswer } },
  })
  async reputation(@CallerId() operatorId: string) {
    const standing = await this.reputations.standing(operatorId);
    if (standing === null) throw refusal({ code: 'operator_absent', context: {} });
    return standing;
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
