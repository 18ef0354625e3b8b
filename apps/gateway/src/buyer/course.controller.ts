/** What a buyer may ask of a rental under way: more minutes, or that its work be saved. */

import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { checkpoint, extendRental, extensionOffered, saveCheckpoint } from '@tokenos/contracts/api/rental-course';
import type { Handler } from '@tokenos/runtime/handle';
import { HANDLE } from '@tokenos/runtime/service/tokens';
import type { z } from 'zod';
import { CallerId, ReservedId, Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { rentalPath, type RentalPath } from '../edge/paths.js';
import { shape } from '../edge/shape.js';
import { problemOf, refusal } from '../problem/problem.js';
import { rentals } from '../streams.js';
import { checkpointOf } from './course.js';
import { Extensions } from './extensions.js';
import { OwnRentals } from './own-rentals.js';

@Controller('v1/buyer/rentals/:rentalId')
@Roles('buyer')
export class CourseController {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(OwnRentals) private readonly own: OwnRentals,
    @Inject(Extensions) private readonly extensions: Extensions,
  ) {}

  @Post('extend')
  @Describe({
    summary: 'A quote for more minutes on the machine it has; paid in time, the end moves by that much',
    answers: { 201: { description: 'Offered; nothing is owed until it is paid', schema: extensionOffered } },
    problems: ['idempotency_key_reused', 'too_many_open_quotes'],
  })
  extend(
    @CallerId() buyerId: string,
    @ReservedId() extensionId: string,
    @Param(shape(rentalPath)) { rentalId }: RentalPath,
    @Body(shape(extendRental)) { minutes }: z.output<typeof extendRental>,
  ) {
    return this.extensions.offer(buyerId, { rentalId, extensionId, minutes });
  }

  @Post('checkpoint')
  @HttpCode(202)
  @Describe({
    summary: 'Save a folder of the sandbox: asked for now, saved by the machine in a moment',
    answers: { 202: { description: 'Under way, or saved already', schema: checkpoint } },
    problems: ['checkpoint_path_missing', 'idempotency_key_reused'],
  })
  async checkpoint(
    @CallerId() buyerId: string,
    @Param(shape(rentalPath)) { rentalId }: RentalPath,
    @Body(shape(saveCheckpoint)) body: z.output<typeof saveCheckpoint>,
  ) {
    const { state } = await this.own.find(buyerId, rentalId);
    const path = body.path ?? state.rental.terms.checkpointPath;
    if (path === undefined) {
      const errors = [{ pointer: '/path', detail: 'the request named no checkpointPath, so say which folder' }];
      throw problemOf('checkpoint_path_missing', { errors });
    }
    const handled = await this.act.handle(rentals, rentalId, (at) => ({ type: 'RequestCheckpoint', at, path }));
    if (handled.kind === 'rejected') throw refusal(handled.rejection);
    const asked = checkpointOf((await this.own.find(buyerId, rentalId)).state.rental);
    if (asked === null) throw new Error(`a checkpoint of rental ${rentalId} was asked for and is not there`);
    return asked;
  }
}
