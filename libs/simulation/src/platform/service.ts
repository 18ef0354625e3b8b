/** One service in the simulation: its database lives as long as the story, its process until it is killed; the code in it is the service's own. */

import { seal } from '@tokenos/contracts/envelope/seal';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { createHandler, type Handler } from '@tokenos/runtime/handle';
import { causedBy, withCause } from '@tokenos/runtime/service/cause';
import { withOwnWrites } from '@tokenos/runtime/service/own-writes';
import type { Signals } from '@tokenos/runtime/service/signals';
import type { DutyChange, DutyHandlers } from '@tokenos/runtime/views/duty';
import type { Reactions } from '@tokenos/runtime/views/view';
import { DutyTable } from '../kernel/duty-table.js';
import { DutyWorker } from '../kernel/duty-worker.js';
import { Follower, type Followed } from '../kernel/follower.js';
import { lifeOf } from '../kernel/mischief.js';
import { Mailbox } from '../kernel/mailbox.js';
import { Process } from '../kernel/process.js';
import { between } from '../kernel/seeded.js';
import { Steady, type PassedOver, type Rhythms } from '../kernel/steady.js';
import type { Ground } from './ground.js';

/** A message of the telemetry stream, as the bus hands it out. */
export interface Telemetry {
  readonly subject: string;
  readonly payload: unknown;
  readonly sequence: number;
  readonly busTimeMs: number;
}

/** What a process is handed when it starts: everything in here goes through its steps. */
export interface Opening {
  readonly process: Process;
  readonly act: Handler;
  readonly enqueue: (...changes: readonly DutyChange[]) => Promise<void>;
  readonly signals: Signals;
  /** One stream's facts, in order. */
  readonly read: EventStore['read'];
  /** All streams' facts, in the store's order. */
  readonly readAll: EventStore['readAll'];
  /** Brings the view up to everything the store holds now. */
  readonly catchUp: () => Promise<void>;
  /** Whether all telemetry for this service has been heard. */
  readonly caughtUp: () => Promise<boolean>;
}

export interface Opened {
  readonly duties: DutyHandlers;
  readonly hears?: (message: Telemetry) => Promise<void>;
  /** Core NATS, while it is up: a hint that is lost is made good otherwise. */
  readonly overhears?: (subject: string) => Promise<void>;
  /** Made due at each start. */
  readonly due?: readonly DutyChange[];
}

export interface Blueprint {
  readonly name: string;
  readonly categories: readonly string[];
  readonly reactions: Reactions;
  /** Folds a fact into what the service's database holds. */
  readonly apply: (envelope: Envelope) => Promise<void>;
  readonly open: (opening: Opening) => Opened;
  readonly rhythms?: Rhythms;
  readonly passedOver?: PassedOver;
}

export class Service {
  readonly duties = new DutyTable();
  readonly facts: Mailbox<Envelope>;
  readonly telemetry: Mailbox<Telemetry>;
  private readonly followed: Followed = new Map();
  private readonly follower: Follower;
  private readonly steady: Steady;
  private process: Process | null = null;
  private lives = 0;
  private overhears: Opened['overhears'];
  /** How far into the store this service's database has come. */
  private checkpoint: string | null = null;

  constructor(
    private readonly ground: Ground,
    private readonly blueprint: Blueprint,
  ) {
    const { timeline, random, signals, store, hurries } = ground;
    this.facts = new Mailbox(timeline, random, signals);
    this.telemetry = new Mailbox(timeline, random, signals);
    this.follower = this.followerOn(store);
    this.steady = new Steady(hurries ? (blueprint.rhythms ?? {}) : {}, blueprint.passedOver);
  }

  get name(): string {
    return this.blueprint.name;
  }

  get isUp(): boolean {
    return this.process !== null;
  }

  async start(): Promise<void> {
    const { ground, blueprint, duties } = this;
    const { timeline, random, signals } = ground;
    const process = new Process(blueprint.name, timeline, random, {
      diesAfterSteps: ground.isWild() ? lifeOf(ground.mischief, this.lives++, random) : null,
      onDeath: () => this.died(),
    });
    this.process = process;
    const { read, append, readAll } = ground.store;
    const store = { ...ground.store, ...process.through({ read, append, readAll }) };
    const follower = this.followerOn(store);
    const enqueue = process.step(async (...changes: DutyChange[]) => duties.apply(changes));
    const handler = createHandler({ store, clock: timeline, ids: ground.ids, by: blueprint.name, seal });
    const act = withOwnWrites(handler, { take: (envelope) => follower.take(envelope) }, signals);
    const catchUp = (): Promise<void> => this.catchUp(follower, store);
    const caughtUp = process.step(async () => this.telemetry.isEmpty);
    const opened = blueprint.open({
      process,
      act,
      enqueue,
      signals,
      read: store.read,
      readAll: store.readAll,
      catchUp,
      caughtUp,
    });
    await catchUp();
    if (!process.alive) return;
    const handlers = opened.duties;
    new DutyWorker({ table: duties, handlers, timeline, process, signals, random, steady: this.steady }).start();
    duties.apply(opened.due ?? []);
    const take = process.step((envelope: Envelope) => follower.take(envelope));
    this.facts.readBy(async (envelope) => {
      await withCause(causedBy(envelope), () => take(envelope));
    });
    const { hears, overhears } = opened;
    this.overhears = overhears;
    this.telemetry.readBy(hears === undefined ? null : (message) => hears(message));
  }

  async overhear(subject: string): Promise<void> {
    await this.overhears?.(subject);
  }

  kill(): void {
    this.process?.kill();
  }

  concerns(envelope: Envelope): boolean {
    return this.follower.concerns(envelope);
  }

  /** The store pass: what the bus has not brought by now is taken from the store. */
  async look(envelope: Envelope): Promise<void> {
    if (this.process === null || this.follower.knows(envelope)) return;
    this.ground.signals.count('facts_rescued');
    await this.follower.take(envelope);
  }

  private died(): void {
    const { timeline, random, mischief, signals } = this.ground;
    signals.count(`died_${this.name}`);
    this.process = null;
    this.overhears = undefined;
    this.facts.readBy(null);
    this.telemetry.readBy(null);
    timeline.after(between(random, 1, mischief.awayMs + 1), () => this.start());
  }

  private followerOn(store: Pick<EventStore, 'read'>): Follower {
    const { categories, reactions, apply } = this.blueprint;
    const { followed, duties: table } = this;
    return new Follower({ store, categories, followed, apply, reactions, table, signals: this.ground.signals });
  }

  private async catchUp(follower: Follower, store: Pick<EventStore, 'readAll'>): Promise<void> {
    const recorded = await store.readAll(this.checkpoint, Number.MAX_SAFE_INTEGER);
    for (const { envelope } of recorded) await follower.take(envelope);
    this.checkpoint = recorded.at(-1)?.position ?? this.checkpoint;
  }
}
