/** Publishes from the moment the service is up until it goes down. */

import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { systemRandom } from '@tokenos/runtime/bus/backoff';
import type { Bus } from '@tokenos/runtime/bus/bus';
import { FactPublisher } from '@tokenos/runtime/bus/fact-publisher';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import type { Signals } from '@tokenos/runtime/service/signals';
import { BUS, CONFIG, DATABASE, SIGNALS, STORE } from '@tokenos/runtime/service/tokens';
import type { RuntimeTables } from '@tokenos/runtime/views/tables';
import type { Kysely } from 'kysely';
import type { OutboxConfig } from './config.js';
import { publishFacts } from './publish.js';

@Module({})
export class OutboxModule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private publishing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: OutboxConfig,
    @Inject(DATABASE) private readonly db: Kysely<RuntimeTables>,
    @Inject(STORE) private readonly store: EventStore,
    @Inject(BUS) private readonly bus: Bus,
    @Inject(SIGNALS) private readonly signals: Signals,
  ) {}

  onApplicationBootstrap(): void {
    const { db, store, signals } = this;
    const publisher = new FactPublisher(this.bus);
    const publish = publisher.publish.bind(publisher);
    const parts = { db, store, publish, signals, random: systemRandom, batchSize: this.config.OUTBOX_BATCH };
    this.publishing = publishFacts(parts, this.stop.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.publishing;
  }
}
