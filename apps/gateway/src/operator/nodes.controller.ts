/** An operator's machines: a token to enrol them with, what they ask, and whether they take rentals. */

import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Res } from '@nestjs/common';
import { changeNode, enrolmentToken, newEnrolmentToken, nodeAnswer, nodeList } from '@tokenos/contracts/api/operator';
import { both, parseUsdc } from '@tokenos/contracts/api/money';
import { usdc } from '@tokenos/domain/money';
import type { GatewayNodeCommand } from '@tokenos/domain/node/node';
import { MAX_RATE } from '@tokenos/domain/pricing/rate-sheet';
import { SECOND } from '@tokenos/domain/time';
import type { Handler } from '@tokenos/runtime/handle';
import { HANDLE } from '@tokenos/runtime/service/tokens';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { CallerId, Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { nodePath, type NodePath } from '../edge/paths.js';
import { shape } from '../edge/shape.js';
import { SecretAnswer } from '../idempotency/idempotency.interceptor.js';
import { problemOf, refusal } from '../problem/problem.js';
import { nodes, operators } from '../streams.js';
import { Machines, type Machine } from '../view/machines.js';
import { EnrolmentTokens } from './enrolment.js';

@Controller('v1/operator/nodes')
@Roles('operator')
export class NodesController {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(Machines) private readonly machines: Machines,
    @Inject(EnrolmentTokens) private readonly tokens: EnrolmentTokens,
  ) {}

  @Post()
  @SecretAnswer()
  @Describe({
    summary: 'A token to enrol machines with, at a price per GPU-hour',
    answers: { 201: { description: 'In this one answer only', schema: enrolmentToken } },
    problems: ['secret_already_delivered', 'idempotency_key_reused'],
  })
  async issue(
    @CallerId() operatorId: string,
    @Body(shape(newEnrolmentToken)) { hourlyPrice, uses, ttlSeconds }: z.output<typeof newEnrolmentToken>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { state } = await this.act.load(operators, operatorId);
    if (state.status === 'absent') throw refusal({ code: 'operator_absent', context: {} });
    const rateMicroUsdcPerHour = parseUsdc(hourlyPrice);
    if (rateMicroUsdcPerHour === 0n || rateMicroUsdcPerHour > MAX_RATE) {
      throw refusal({ code: 'bad_rate', context: { rateMicroUsdcPerHour } });
    }
    const ttl = ttlSeconds * SECOND;
    const { token, expiresAt } = await this.tokens.issue({ operatorId, rateMicroUsdcPerHour, uses, ttl });
    void reply.header('cache-control', 'no-store');
    return { token, expiresAt: new Date(expiresAt).toISOString(), uses };
  }

  @Get()
  @Describe({ summary: 'Your machines', answers: { 200: { description: 'All of them', schema: nodeList } } })
  async list(@CallerId() operatorId: string) {
    return { items: (await this.machines.list(operatorId)).map(nodeOf) };
  }

  @Patch(':nodeId')
  @Describe({
    summary:
      'Change its price (for rentals placed from now on), declare its PUE, or let it finish and take nothing new',
    answers: { 200: { description: 'As it is now', schema: nodeAnswer } },
  })
  async change(
    @CallerId() operatorId: string,
    @Param(shape(nodePath)) { nodeId }: NodePath,
    @Body(shape(changeNode)) { hourlyPrice, draining, puePercent }: z.output<typeof changeNode>,
  ) {
    await this.assertOwn(operatorId, nodeId);
    if (hourlyPrice !== undefined) {
      await this.command(nodeId, { type: 'PriceNode', rateMicroUsdcPerHour: parseUsdc(hourlyPrice) });
    }
    if (puePercent !== undefined) await this.command(nodeId, { type: 'DeclarePue', puePercent });
    if (draining !== undefined) await this.command(nodeId, { type: draining ? 'DrainNode' : 'ResumeNode' });
    return this.one(operatorId, nodeId);
  }

  @Delete(':nodeId')
  @Describe({
    summary: 'Retire it for good: it takes nothing new',
    answers: { 200: { description: 'Retired (now or before)', schema: nodeAnswer } },
  })
  async retire(@CallerId() operatorId: string, @Param(shape(nodePath)) { nodeId }: NodePath) {
    await this.assertOwn(operatorId, nodeId);
    await this.command(nodeId, { type: 'RetireNode' });
    return this.one(operatorId, nodeId);
  }

  private async assertOwn(operatorId: string, nodeId: string): Promise<void> {
    const { state } = await this.act.load(nodes, nodeId);
    if (state.status === 'absent' || state.operatorId !== operatorId) throw problemOf('not_found');
  }

  private async command(nodeId: string, command: GatewayNodeCommand): Promise<void> {
    const handled = await this.act.handle(nodes, nodeId, () => command);
    if (handled.kind === 'rejected') throw refusal(handled.rejection);
  }

  private async one(operatorId: string, nodeId: string) {
    const machine = (await this.machines.list(operatorId)).find(({ node }) => node.node_id === nodeId);
    if (machine === undefined) throw problemOf('unavailable');
    return nodeOf(machine);
  }
}

export const nodeOf = ({ node, idleGpus, online }: Machine) => ({
  nodeId: node.node_id,
  gpuTier: node.gpu_tier,
  gpus: node.gpus,
  simulated: node.simulated,
  region: node.region,
  country: node.country,
  state: node.retired ? 'retired' : node.verification,
  draining: node.draining,
  online,
  idleGpus,
  puePercent: node.pue_percent,
  ...(node.rate === null ? { hourlyPrice: null, hourlyPriceMicroUsdc: null } : both('hourlyPrice', usdc(node.rate))),
});
