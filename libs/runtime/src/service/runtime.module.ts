/** The Nest module that hands a service what it stands on, each part under its token. Global: a service's module imports nothing for it. */

import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { clockGuard } from '../clock-guard.js';
import { createHandler, type Handler, type Seal } from '../handle.js';
import { DutyQueue } from '../views/duty-queue.js';
import { FactFollower } from '../views/follow.js';
import { factsController } from './facts.controller.js';
import type { Following } from './options.js';
import { withOwnWrites } from './own-writes.js';
import type { Resources } from './resources.js';
import { ClockDisagrees } from '../clock-guard.js';
import { BUS, CLOCK, CONFIG, DATABASE, DUTIES, FOLLOWER, HANDLE, IDS, LOG, SIGNALS, STORE } from './tokens.js';

export interface RuntimeModuleParts<Tables> {
  readonly name: string;
  readonly config: object;
  readonly resources: Resources;
  readonly seal: Seal | undefined;
  readonly follows: Following<Tables> | undefined;
}

@Module({})
export class RuntimeModule {
  static forService<Tables>({ name, config, resources, seal, follows }: RuntimeModuleParts<Tables>): DynamicModule {
    const { db, store, bus, clock, ids, log, signals } = resources;
    const queue = new DutyQueue(db);
    const follower = follows && new FactFollower<Tables>({ ...follows, db, store, queue, clock, signals });
    const handler = seal && withOwnWrites(appender(name, seal, resources), follower ?? null, signals);
    const parts: readonly (readonly [symbol, unknown])[] = [
      [CONFIG, config],
      [CLOCK, clock],
      [IDS, ids],
      [LOG, log],
      [SIGNALS, signals],
      [DATABASE, db],
      [STORE, store],
      [BUS, bus],
      [DUTIES, queue],
      [FOLLOWER, follower],
      [HANDLE, handler],
    ];
    const providers = parts
      .filter(([, useValue]) => useValue !== undefined)
      .map(([provide, useValue]): Provider => ({ provide, useValue }));
    const controllers = follows === undefined ? [] : [factsController(follows.categories)];
    return { module: RuntimeModule, global: true, providers, exports: providers, controllers };
  }
}

function appender(by: string, seal: Seal, { store, clock, ids, db, signals }: Resources): Handler {
  const guard = clockGuard(db, clock);
  const checkClock = async (): Promise<void> => {
    try {
      await guard();
    } catch (error) {
      if (error instanceof ClockDisagrees) signals.alarm('clock_disagrees', { aheadMs: error.aheadMs });
      throw error;
    }
  };
  return createHandler({ store, clock, ids, by, seal, checkClock });
}
