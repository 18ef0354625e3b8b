/** Settlement as the whole service on real servers; the services around it are played by the test. */

import { audit, type AuditReport } from '@tokenos/audit/audit';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';
import { operatorStream, paymentStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import { factSubject, PAYMENT_HINT } from '@tokenos/contracts/subjects';
import type { PaymentState } from '@tokenos/domain/payment/payment';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { RentalState } from '@tokenos/domain/rental/state';
import type { Millis } from '@tokenos/domain/time';
import { FactPublisher } from '@tokenos/runtime/bus/fact-publisher';
import { createHandler } from '@tokenos/runtime/handle';
import { openService, type RunningService } from '@tokenos/runtime/service/open-service';
import { AUTHORS } from '@tokenos/testing/histories/authors';
import type { LocalChain } from '@tokenos/tools/chain/local-chain';
import { setTimeout as sleep } from 'node:timers/promises';
import { settlementService } from '../service.js';

export interface RigOptions {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly local: LocalChain;
  /** Where settlement asks the chain. */
  readonly rpcUrl: string;
  readonly clockScale: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** How long anything may take before a test gives up on it; wall milliseconds. */
const PATIENCE_MS = 25_000;
const EVERYTHING = 100_000;

/** What the market does so that nobody waits for minutes to go by: it places in the past, and quotes in the future where time runs fast. */
const OUT_OF_TIME = [
  'its machine was chosen before anyone looked for one',
  'it is quoted after it is said to be quoted',
];

export class Rig {
  private publishing: Promise<void> = Promise.resolve();
  private running: RunningService | null = null;

  private constructor(private readonly options: RigOptions) {}

  static async open(options: RigOptions): Promise<Rig> {
    const rig = new Rig(options);
    await rig.start();
    return rig;
  }

  get service(): RunningService {
    if (this.running === null) throw new Error('settlement is down');
    return this.running;
  }

  get now(): Millis {
    return this.service.resources.clock.now();
  }

  async start(): Promise<void> {
    const { databaseUrl, natsUrl, local, rpcUrl, clockScale, env } = this.options;
    this.running = await openService(settlementService, {
      DATABASE_URL: databaseUrl,
      NATS_URL: natsUrl,
      SOLANA_RPC_URL: rpcUrl,
      USDC_MINT: local.mint,
      TREASURY_KEY_FILE: local.treasury.keyFile,
      CLOCK_SCALE: String(clockScale),
      CLOCK_ORIGIN_MS: '1700000000000',
      LOG_LEVEL: 'silent',
      ...env,
    });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = null;
  }

  hint(...signatures: string[]): void {
    this.service.resources.bus.publish(PAYMENT_HINT, { signatures });
  }

  /** A command to a rental by the one service that gives it; the bus brings the facts. Throws where it is not accepted. */
  tell(rentalId: string, command: RentalCommand): Promise<void> {
    return this.append(AUTHORS[command.type], rentalStream, rentalId, command, true);
  }

  /** The same, but the bus loses it. */
  tellInSilence(rentalId: string, command: RentalCommand): Promise<void> {
    return this.append(AUTHORS[command.type], rentalStream, rentalId, command, false);
  }

  registerOperator(operatorId: string, wallet: string): Promise<void> {
    return this.append('gateway', operatorStream, operatorId, { type: 'RegisterOperator', operatorId, wallet }, true);
  }

  rental(rentalId: string): Promise<RentalState> {
    return this.stateOf(rentalStream, rentalId);
  }

  payment(signature: string): Promise<PaymentState> {
    return this.stateOf(paymentStream, signature);
  }

  /** Waits for a rental to come to this status. */
  async becomes<Status extends RentalState['status']>(rentalId: string, status: Status) {
    const state = await this.eventually(
      () => this.rental(rentalId),
      (now) => now.status === status,
    );
    return state as Extract<RentalState, { status: Status }>;
  }

  /** Looks until what it sees is so. */
  async eventually<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const seen = await look();
      if (isSo(seen)) return seen;
      if (performance.now() > deadline) throw new Error(`in vain: ${JSON.stringify(seen, bigints, 1)}`);
      await sleep(40);
    }
  }

  /** The types of a stream's facts, in order. */
  async factsOf(stream: string): Promise<readonly string[]> {
    return (await this.envelopesOf(stream)).map(({ type }) => type.replace('.v1', ''));
  }

  envelopesOf(stream: string): Promise<readonly Envelope[]> {
    return this.service.resources.store.read(stream);
  }

  /** A second opinion on all that was written. */
  async audit(options: { requireSettled: boolean }): Promise<AuditReport> {
    const recorded = await this.service.resources.store.readAll(null, EVERYTHING);
    const { findings, totals } = audit(
      recorded.map(({ envelope }) => envelope),
      { ...options, partial: true, clockScale: this.options.clockScale },
    );
    return { findings: findings.filter(({ message }) => !OUT_OF_TIME.includes(message)), totals };
  }

  private async append<State, Command, Fact>(
    by: string,
    kind: StreamKind<State, Command, Fact>,
    id: string,
    command: Command,
    published: boolean,
  ): Promise<void> {
    const { store, clock, ids } = this.service.resources;
    const told = await createHandler({ store, clock, ids, by, seal }).handle(kind, id, () => command);
    if (told.kind !== 'accepted') throw new Error(`${by}: ${JSON.stringify(told, bigints)}`);
    if (!published) return;
    this.publishing = this.publishing.then(() => this.publish(told.envelopes));
    await this.publishing;
  }

  private async publish(envelopes: readonly Envelope[]): Promise<void> {
    const messages = envelopes.map((envelope) => ({ subject: factSubject(envelope.stream, envelope.type), envelope }));
    const publisher = new FactPublisher(this.service.resources.bus);
    for (let sent = 0; sent < messages.length;) sent += await publisher.publish(messages.slice(sent));
  }

  private async stateOf<State, Command, Fact>(kind: StreamKind<State, Command, Fact>, id: string): Promise<State> {
    const facts = (await this.envelopesOf(`${kind.category}-${id}`)).map(kind.decode);
    return facts.reduce(kind.decider.evolve, kind.decider.initialState);
  }
}

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
