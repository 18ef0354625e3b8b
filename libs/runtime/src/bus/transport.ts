/** Nest's transport over JetStream: each `@EventPattern` below a stream is a durable consumer, every other one a core NATS subscription. */

import type { CustomTransportStrategy } from '@nestjs/microservices';
import { type MessageHandler, Server } from '@nestjs/microservices';
import type { Subscription } from '@nats-io/transport-node';
import { lastValueFrom } from 'rxjs';
import type { Log, Signals } from '../service/signals.js';
import type { Random } from './backoff.js';
import type { Bus } from './bus.js';
import { DurableConsumer } from './consumer.js';
import type { CoreContext, StoredContext } from './context.js';
import { Lanes } from './lanes.js';
import { STREAMS } from './streams.js';
import { durableName, laneOf, streamOf } from './subjects.js';

export interface TransportOptions {
  /** First part of each durable's name: processes with the same name share the work. */
  readonly service: string;
  readonly bus: Bus;
  readonly signals: Signals;
  readonly log: Log;
  readonly concurrency?: number;
  readonly superviseEveryMs?: number;
  readonly random: Random;
}

export class JetStreamTransport extends Server implements CustomTransportStrategy {
  /** We wait for the handler and decide by what it throws, so Nest need not report it. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly consumers: DurableConsumer[] = [];
  private readonly subscriptions: Subscription[] = [];
  private readonly lanes: Lanes;
  private closing: Promise<void> | null = null;

  constructor(private readonly options: TransportOptions) {
    super();
    this.lanes = new Lanes(options.concurrency ?? 16);
  }

  listen(ready: (error?: unknown) => void): void {
    this.open().then(() => ready(), ready);
  }

  /** Finishes what is in flight; the connection stays, it is not ours. */
  close(): Promise<void> {
    return (this.closing ??= this.drain());
  }

  /** Nest's hook for transport events; ours are logged and counted by the bus. */
  on(): void {
    throw new Error('the JetStream transport has no events to subscribe to');
  }

  unwrap(): never {
    throw new Error('the connection is the Bus: inject BUS');
  }

  private async open(): Promise<void> {
    for (const [pattern, handler] of this.messageHandlers) {
      const stream = streamOf(pattern, STREAMS);
      if (stream === null) this.subscribe(pattern, handler);
      else await this.consume(stream.name, pattern, handler);
    }
  }

  private async drain(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.drain().catch(() => undefined)));
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.lanes.idle();
  }

  private async consume(stream: string, pattern: string, handler: MessageHandler): Promise<void> {
    const { service, bus, signals, log } = this.options;
    const consumer = new DurableConsumer(bus, {
      stream,
      durable: durableName(service, pattern),
      filter: pattern,
      handle: (payload, context) => this.call(handler, payload, context),
      concurrency: this.options.concurrency ?? 16,
      superviseEveryMs: this.options.superviseEveryMs ?? 5_000,
      random: this.options.random,
      signals,
      log,
    });
    this.consumers.push(consumer);
    await consumer.start();
  }

  private subscribe(pattern: string, handler: MessageHandler): void {
    const { bus, signals, log } = this.options;
    const subscription = bus.connection.subscribe(pattern, {
      callback: (error, message) => {
        if (error !== null) return log.error({ err: error, pattern }, 'subscription failed');
        this.lanes.run(laneOf(message.subject), async () => {
          try {
            await this.call(handler, message.json(), { subject: message.subject });
          } catch (err) {
            signals.count('core_message_failed');
            log.warn({ err, subject: message.subject }, 'a message that nobody keeps was not handled');
          }
        });
      },
    });
    this.subscriptions.push(subscription);
  }

  private async call(handler: MessageHandler, payload: unknown, context: StoredContext | CoreContext): Promise<void> {
    await lastValueFrom(this.transformToObservable(await handler(payload, context)), { defaultValue: undefined });
  }
}
