/** A machine's first call: its enrolment token makes it one of its operator's, at the price that came with the token. */

import { Body, Controller, Inject, Post } from '@nestjs/common';
import { enrolRequest, type EnrolRequest } from '@tokenos/contracts/agent/protocol';
import { enrolAnswer } from '@tokenos/contracts/api/operator';
import type { Handler } from '@tokenos/runtime/handle';
import { HANDLE } from '@tokenos/runtime/service/tokens';
import { Public } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { refusal } from '../problem/problem.js';
import { nodes } from '../streams.js';
import { EnrolmentTokens } from './enrolment.js';

@Controller('v1/operator/agent/enrol')
@Public()
export class EnrolController {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(EnrolmentTokens) private readonly tokens: EnrolmentTokens,
  ) {}

  @Post()
  @Describe({
    summary: 'Enrol a machine, with its operator’s enrolment token; the same machine may say it again',
    answers: { 201: { description: 'Enrolled (now or before)', schema: enrolAnswer } },
    problems: ['bad_enrolment_token'],
  })
  async enrol(@Body(shape(enrolRequest)) { token, gpus, ...machine }: EnrolRequest) {
    const { nodeId } = machine;
    const { operatorId, rateMicroUsdcPerHour } = await this.tokens.admit(token, nodeId);
    const node = { ...machine, operatorId, gpus: gpus.map(({ uuid, model }) => ({ uuid, model })) };
    const enrolled = await this.act.handle(nodes, nodeId, () => ({ type: 'EnrolNode', node }));
    if (enrolled.kind === 'rejected') {
      await this.tokens.giveBack(token, nodeId);
      throw refusal(enrolled.rejection);
    }
    // A machine that has a price keeps it: its operator may have changed it since.
    if (enrolled.state.status === 'enrolled' && enrolled.state.rateMicroUsdcPerHour === null) {
      const priced = await this.act.handle(nodes, nodeId, () => ({ type: 'PriceNode', rateMicroUsdcPerHour }));
      if (priced.kind === 'rejected') throw refusal(priced.rejection);
    }
    return { nodeId, operatorId };
  }
}
