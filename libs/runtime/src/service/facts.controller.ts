/** Where a service hears facts: one durable consumer per category, each fact applied to the view before it is acknowledged. */

import { Controller, Inject, type Type } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { FactFollower } from '../views/follow.js';
import { parseEnvelope } from '../views/envelope-payload.js';
import { causedBy, withCause } from './cause.js';
import { FOLLOWER } from './tokens.js';

export function factsController(categories: readonly string[]): Type {
  @Controller()
  class FactsController {
    constructor(@Inject(FOLLOWER) private readonly follower: FactFollower) {}

    @EventPattern(categories.map((category) => `fact.${category}.>`))
    async hear(@Payload() payload: unknown): Promise<void> {
      const envelope = parseEnvelope(payload);
      await withCause(causedBy(envelope), () => this.follower.take(envelope, 'bus'));
    }
  }
  return FactsController;
}
