/** Puts carbon together: a closed meter wakes a duty, the duty appends. */

import { Module } from '@nestjs/common';
import type { Handler } from '@tokenos/runtime/handle';
import { DUTY_HANDLERS, HANDLE } from '@tokenos/runtime/service/tokens';
import { carbonDuties } from './duties/duties.js';

@Module({
  providers: [{ provide: DUTY_HANDLERS, useFactory: (act: Handler) => carbonDuties({ act }), inject: [HANDLE] }],
})
export class CarbonModule {}
