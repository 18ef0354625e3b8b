/** The anchors, for whoever wants to keep copies of them. */

import { Controller, Get, Inject, Query } from '@nestjs/common';
import { anchorsAnswer, anchorsQuery, type AnchorsAnswer } from '@tokenos/contracts/api/anchors';
import type { z } from 'zod';
import { Public } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { Anchors } from '../view/anchors.js';

@Controller('v1/public')
@Public()
export class AnchorsController {
  constructor(@Inject(Anchors) private readonly kept: Anchors) {}

  @Get('anchors')
  @Describe({
    summary: "Each day's root over every stream, as it stands in a memo on the chain",
    answers: { 200: { description: 'Newest first', schema: anchorsAnswer } },
  })
  async anchors(@Query(shape(anchorsQuery)) { before, limit }: z.output<typeof anchorsQuery>): Promise<AnchorsAnswer> {
    return { items: await this.kept.list(before, limit) };
  }
}
