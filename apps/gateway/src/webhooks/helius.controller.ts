/** Takes Helius' hints: known caller or nothing, an answer at once, and not a word of the body believed. */

import { Body, Controller, Headers, HttpCode, Inject, Post } from '@nestjs/common';
import { signaturesFromWebhook } from '@tokenos/contracts/chain/helius';
import { PAYMENT_HINT } from '@tokenos/contracts/subjects';
import type { Bus } from '@tokenos/runtime/bus/bus';
import { BUS, CONFIG } from '@tokenos/runtime/service/tokens';
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Public } from '../auth/access.js';
import type { GatewayConfig } from '../config.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { problemOf } from '../problem/problem.js';

const anything = z.unknown().meta({ description: "Helius' enhanced or raw transactions" });
const taken = z.strictObject({ signatures: z.int() });

export const HELIUS_PATH = '/v1/webhooks/helius';

@Controller(HELIUS_PATH)
@Public()
export class HeliusController {
  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(BUS) private readonly bus: Bus,
  ) {}

  @Post()
  @HttpCode(200)
  @Describe({
    summary: 'Hints that something may have been paid, from Helius; the chain itself is read again',
    answers: { 200: { description: 'Heard', schema: taken } },
    problems: ['unauthenticated'],
  })
  hear(@Headers('authorization') authorization: string | undefined, @Body(shape(anything)) body: unknown) {
    const { HELIUS_AUTHORIZATION: expected } = this.config;
    if (expected === undefined || !isSame(authorization ?? '', expected)) throw problemOf('unauthenticated');
    const signatures = signaturesFromWebhook(body);
    if (signatures.length > 0) this.bus.publish(PAYMENT_HINT, { signatures });
    return { signatures: signatures.length };
  }
}

/** Hashes have one length, so the comparison takes the same time whatever was sent. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));
const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
