/** What a service says of itself; `startService` does the rest. */

import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import type { Seal } from '../handle.js';
import type { Reactions, View } from '../views/view.js';
import type { BaseConfig } from './base-config.js';
import type { Check } from './health.js';

export interface Following<Tables> {
  /** Categories of streams it hears: `rental`, `node`. */
  readonly categories: readonly string[];
  readonly view: View<Tables>;
  readonly reactions: Reactions;
}

export interface ServiceOptions<Schema extends z.ZodObject, Tables> {
  /** `allocation`: its database schema, the prefix of its consumers, the author of its facts. */
  readonly name: string;
  /** Its own variables beside BaseConfig's: `z.object({ METERING_TICK_MS: ... })`. A variable with the service's name as prefix that is not in it is a fault. */
  readonly config: Schema;
  readonly module: Type | DynamicModule;
  /** How facts are sealed: contracts' `seal`. Left out by a service that appends nothing; HANDLE is then not provided. */
  readonly seal?: Seal;
  /** Left out by a service that hears no facts; FOLLOWER is then not provided. */
  readonly follows?: Following<Tables>;
  /** Called before it listens: adapters, documentation, security headers. */
  readonly configure?: (app: NestFastifyApplication, config: ServiceConfig<Schema>) => void | Promise<void>;
  /** More that must be fit before it is ready. */
  readonly checks?: (app: NestFastifyApplication) => Readonly<Record<string, Check>>;
  /** Largest HTTP request body; 64 KiB unless said. */
  readonly bodyLimitBytes?: number;
  /** False for a service whose module provides no DUTY_HANDLERS. */
  readonly duties?: boolean;
  /** Duties at once; 8 unless said. */
  readonly dutyConcurrency?: number;
}

export type ServiceConfig<Schema extends z.ZodObject> = BaseConfig & z.output<Schema>;
