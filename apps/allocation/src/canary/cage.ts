/** Lets the canary sing for as long as the service runs; says so where there is none. */

import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Log } from '@tokenos/runtime/service/signals';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { AllocationConfig } from '../config.js';
import type { Canary } from './canary.js';

/** Null where the platform has none, or none that could be heard. */
export function canaryKeyOf(config: AllocationConfig): KeyObject | null {
  const { ALLOCATION_CANARY_KEY: key, ALLOCATION_CANARY_GATEWAY: gateway } = config;
  return key === undefined || gateway === undefined
    ? null
    : createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' });
}

export class Cage implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly canary: Canary | null,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.canary === null)
      this.log.warn(
        {},
        'no canary: when the gateway or the bus is down, machines whose probes fail too are taken for lost',
      );
    this.canary?.start();
  }

  onApplicationShutdown(): void {
    this.canary?.stop();
  }
}
