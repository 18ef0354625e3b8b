/** A rental that contradicted itself is let go again by a person who has looked, and who says why. */

import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { releasedRental, releaseRental } from '@tokenos/contracts/api/rental-course';
import type { Handler } from '@tokenos/runtime/handle';
import { HANDLE } from '@tokenos/runtime/service/tokens';
import type { z } from 'zod';
import { Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { rentalPath, type RentalPath } from '../edge/paths.js';
import { shape } from '../edge/shape.js';
import { problemOf, refusal } from '../problem/problem.js';
import { rentals } from '../streams.js';

@Controller('v1/admin/rentals')
@Roles('admin')
export class ReleaseController {
  constructor(@Inject(HANDLE) private readonly act: Handler) {}

  @Post(':rentalId/release')
  @HttpCode(200)
  @Describe({
    summary: 'Release a halted rental: from here on it is placed, planned and paid out again',
    answers: { 200: { description: 'Not halted (now or before)', schema: releasedRental } },
    problems: ['idempotency_key_reused'],
  })
  async release(
    @Param(shape(rentalPath)) { rentalId }: RentalPath,
    @Body(shape(releaseRental)) { why }: z.output<typeof releaseRental>,
  ) {
    const { state: before } = await this.act.load(rentals, rentalId);
    if (before.status === 'absent') throw problemOf('not_found');
    const handled = await this.act.handle(rentals, rentalId, (at) => ({ type: 'ReleaseRental', at, why }));
    if (handled.kind === 'rejected') throw refusal(handled.rejection);
    return { rentalId, state: handled.state.status, halted: null };
  }
}
