/** One durable pull consumer: made where missing, kept pulling, watched, and made anew when it stalls or is gone. */

import { AckPolicy, type ConsumerInfo, type ConsumerMessages, DeliverPolicy, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Log, Signals } from '../service/signals.js';
import { isConsumerGone } from './api-errors.js';
import type { Random } from './backoff.js';
import type { Bus } from './bus.js';
import { deliver, type DeliveryParts, type Handle } from './delivery.js';
import { Lanes } from './lanes.js';
import { isStalled, type Observation, STALL_OBSERVATIONS } from './stall.js';
import { ensureStreams } from './streams.js';
import { laneOf } from './subjects.js';

export interface ConsumerOptions {
  readonly stream: string;
  readonly durable: string;
  /** One only: servers before 2.10 take no more. */
  readonly filter: string;
  readonly handle: Handle;
  /** Lanes (entities) handled side by side. */
  readonly concurrency: number;
  readonly superviseEveryMs: number;
  /** An unanswered message comes again after this; we say `working` three times as often. */
  readonly ackWaitMs?: number;
  readonly random: Random;
  readonly signals: Signals;
  readonly log: Log;
}

const ACK_WAIT_MS = 30_000;
const MAX_UNANSWERED = 256;

export class DurableConsumer {
  private readonly lanes: Lanes;
  private readonly held = new Set<JsMsg>();
  private readonly ackWaitMs: number;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly delivery: DeliveryParts;
  private messages: ConsumerMessages | null = null;
  private streamCreated: string | null = null;
  private lastInfo: ConsumerInfo | null = null;
  private recent: Observation[] = [];
  private supervising: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly bus: Bus,
    private readonly options: ConsumerOptions,
  ) {
    this.lanes = new Lanes(options.concurrency);
    this.ackWaitMs = options.ackWaitMs ?? ACK_WAIT_MS;
    const { handle, signals, random } = options;
    this.delivery = { handle, signals, random, termWithReason: bus.server.termWithReason };
  }

  async start(): Promise<void> {
    await this.create();
    await this.pull();
    this.timers.push(setInterval(() => this.sayWorking(), this.ackWaitMs / 3));
    this.timers.push(
      setInterval(() => {
        this.supervising = this.supervise();
      }, this.options.superviseEveryMs),
    );
  }

  /** Takes nothing more, gives back what has not begun, and waits for what has. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.supervising;
    await this.messages?.close();
    await this.lanes.idle();
  }

  private async create(): Promise<void> {
    const { stream, durable, filter } = this.options;
    const { consumers, streams } = this.bus.admin;
    const { created } = await streams.info(stream);
    const sameStream = created === this.streamCreated;
    this.streamCreated = created;
    try {
      this.lastInfo = await consumers.info(stream, durable);
      return;
    } catch (error) {
      if (!isConsumerGone(error)) throw error;
    }
    // What we answered before it was lost need not come again; a stream made anew (the bus lost its disk) counts from one again.
    const answered = sameStream ? (this.lastInfo?.ack_floor.stream_seq ?? 0) : 0;
    this.lastInfo = await consumers.add(stream, {
      durable_name: durable,
      filter_subject: filter,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(this.ackWaitMs),
      max_ack_pending: MAX_UNANSWERED,
      ...(answered === 0
        ? { deliver_policy: DeliverPolicy.All }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: answered + 1 }),
    });
  }

  private async pull(): Promise<void> {
    const { stream, durable } = this.options;
    const consumer = await this.bus.jetstream.consumers.get(stream, durable);
    this.messages = await consumer.consume({ max_messages: MAX_UNANSWERED, expires: 10_000 });
    void this.dispatch(this.messages);
  }

  private async dispatch(messages: ConsumerMessages): Promise<void> {
    try {
      for await (const message of messages) this.accept(message);
    } catch (error) {
      this.options.log.warn(
        { err: error, consumer: this.options.durable },
        'pulling ended; the supervisor starts it again',
      );
    }
    // The supervisor notices: whoever stops us on purpose has replaced `messages` or set `stopping`.
    if (this.messages === messages) this.messages = null;
  }

  private accept(message: JsMsg): void {
    this.held.add(message);
    this.lanes.run(laneOf(message.subject), async () => {
      if (this.stopping) message.nak();
      else await deliver(message, this.delivery);
      this.held.delete(message);
    });
  }

  private sayWorking(): void {
    for (const message of this.held) message.working();
  }

  private async supervise(): Promise<void> {
    if (this.stopping || !this.bus.connected) return;
    const { stream, durable, signals, log } = this.options;
    try {
      const info = await this.bus.admin.consumers.info(stream, durable);
      this.lastInfo = info;
      this.recent = [...this.recent, this.observe(info)].slice(-STALL_OBSERVATIONS);
      if (isStalled(this.recent, MAX_UNANSWERED)) {
        signals.alarm('consumer_stalled', { consumer: durable, ...this.recent.at(-1) });
        await this.bus.admin.consumers.delete(stream, durable);
        await this.recreate();
      } else if (this.messages === null) await this.pull();
    } catch (error) {
      if (!isConsumerGone(error)) {
        log.warn({ err: error, consumer: durable }, 'could not look after the consumer; next time');
        return;
      }
      signals.alarm('consumer_gone', { consumer: durable });
      await this.recreate().catch((err: unknown) =>
        log.warn({ err, consumer: durable }, 'could not make the consumer anew'),
      );
    }
  }

  private observe({ num_pending, delivered, num_ack_pending }: ConsumerInfo): Observation {
    const busy = this.held.size > 0;
    return { pending: num_pending, delivered: delivered.consumer_seq, unanswered: num_ack_pending, busy };
  }

  private async recreate(): Promise<void> {
    this.recent = [];
    const old = this.messages;
    this.messages = null;
    await old?.close();
    await ensureStreams(this.bus.admin);
    await this.create();
    await this.pull();
  }
}
