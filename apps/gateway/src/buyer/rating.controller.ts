/** The buyer's word on a rental that is over: one to five stars, once. */

import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { rateRental, ratingAnswer } from '@tokenos/contracts/api/reputation';
import type { Handler } from '@tokenos/runtime/handle';
import { HANDLE } from '@tokenos/runtime/service/tokens';
import type { z } from 'zod';
import { CallerId, Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { rentalPath, type RentalPath } from '../edge/paths.js';
import { shape } from '../edge/shape.js';
import { refusal } from '../problem/problem.js';
import { rentals } from '../streams.js';
import { OwnRentals } from './own-rentals.js';
import { instant } from './rental-answers.js';

@Controller('v1/buyer/rentals')
@Roles('buyer')
export class RatingController {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(OwnRentals) private readonly own: OwnRentals,
  ) {}

  @Post(':rentalId/rating')
  @HttpCode(200)
  @Describe({
    summary: 'Rate it, once it is over and a minute was served: it counts for the reputation of who served it',
    answers: { 200: { description: 'Rated (now or before, with the same stars)', schema: ratingAnswer } },
    problems: ['idempotency_key_reused'],
  })
  async rate(
    @CallerId() buyerId: string,
    @Param(shape(rentalPath)) { rentalId }: RentalPath,
    @Body(shape(rateRental)) { stars }: z.output<typeof rateRental>,
  ): Promise<z.infer<typeof ratingAnswer>> {
    await this.own.find(buyerId, rentalId);
    const handled = await this.act.handle(rentals, rentalId, (at) => ({ type: 'RateRental', at, stars }));
    if (handled.kind === 'rejected') throw refusal(handled.rejection);
    const rating = handled.state.status === 'absent' ? null : handled.state.rental.rating;
    if (rating === null) throw new Error(`rental ${rentalId} was rated and has no rating`);
    return { rentalId, stars: rating.stars, ratedAt: instant(rating.ratedAt) };
  }
}
