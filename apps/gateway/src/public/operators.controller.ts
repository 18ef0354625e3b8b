/** What anyone may know of an operator: its score with every input, its machines; and the formula that the score comes from. */

import { Controller, Get, Inject, Param } from '@nestjs/common';
import { publicOperator, reputationFormula } from '@tokenos/contracts/api/reputation';
import { isGpuTier } from '@tokenos/domain/pricing/rate-sheet';
import type { z } from 'zod';
import { Public } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { operatorPath, type OperatorPath } from '../edge/paths.js';
import { shape } from '../edge/shape.js';
import { problemOf } from '../problem/problem.js';
import { Machines, type Machine } from '../view/machines.js';
import { Reputations } from '../view/reputations.js';
import { formulaAnswer } from './formula.js';

@Controller('v1/public')
@Public()
export class OperatorsController {
  constructor(
    @Inject(Reputations) private readonly reputations: Reputations,
    @Inject(Machines) private readonly machines: Machines,
  ) {}

  @Get('operators/:operatorId')
  @Describe({
    summary: 'An operator: score, tier, every input of it, how it changed, and its machines',
    answers: { 200: { description: 'As it stands', schema: publicOperator } },
  })
  async operator(@Param(shape(operatorPath)) { operatorId }: OperatorPath): Promise<z.infer<typeof publicOperator>> {
    const standing = await this.reputations.standing(operatorId);
    if (standing === null) throw problemOf('not_found');
    const machines = await this.machines.list(operatorId);
    return {
      ...standing,
      nodes: machines.filter(({ node }) => !node.retired).flatMap(nodeOf),
      links: { formula: '/v1/public/reputation/formula' },
    };
  }

  @Get('reputation/formula')
  @Describe({
    summary: 'How a score is computed: in words, and every number of it',
    answers: { 200: { description: 'In force', schema: reputationFormula } },
  })
  formula(): z.infer<typeof reputationFormula> {
    return formulaAnswer();
  }
}

function nodeOf({ node, idleGpus, online }: Machine): z.infer<typeof publicOperator>['nodes'] {
  if (!isGpuTier(node.gpu_tier)) return [];
  return [
    {
      nodeId: node.node_id,
      gpuTier: node.gpu_tier,
      model: node.gpus[0]?.model ?? node.gpu_tier,
      gpus: node.gpus.length,
      idleGpus,
      simulated: node.simulated,
      region: node.region,
      country: node.country,
      verified: node.verification === 'verified',
      draining: node.draining,
      online,
    },
  ];
}
