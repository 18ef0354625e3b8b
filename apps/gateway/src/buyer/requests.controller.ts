/** The first of the three calls: ask for a GPU, get a price and how to pay it. */

import { Body, Controller, Inject, Post } from '@nestjs/common';
import { rentalRequest, rentalRequested, type RentalRequestBody } from '@tokenos/contracts/api/rental-request';
import { CallerId, ReservedId, Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { RentalRequests } from './rental-requests.js';

@Controller('v1/buyer/compute')
@Roles('buyer')
export class RequestsController {
  constructor(@Inject(RentalRequests) private readonly requests: RentalRequests) {}

  @Post('requests')
  @Describe({
    summary: 'Ask for GPUs: answers with a quote and how to pay it, within 15 minutes',
    answers: { 201: { description: 'Quoted; nothing is owed until it is paid', schema: rentalRequested } },
    problems: ['idempotency_key_reused', 'too_many_open_quotes'],
  })
  request(
    @CallerId() buyerId: string,
    @ReservedId() rentalId: string,
    @Body(shape(rentalRequest)) body: RentalRequestBody,
  ) {
    return this.requests.request(buyerId, rentalId, body);
  }
}
