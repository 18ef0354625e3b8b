/** Where machines connect: /v1/operator/agent. Node keys open it, no operator's token does. */

import { Inject, type OnModuleInit } from '@nestjs/common';
import { CANARY_NODE_ID } from '@tokenos/contracts/agent/canary';
import type { DesiredNode, Heartbeat } from '@tokenos/contracts/agent/protocol';
import { DESIRED_BUCKET, telemetryHeartbeat } from '@tokenos/contracts/subjects';
import { SECOND } from '@tokenos/domain/time';
import type { Bucket } from '@tokenos/runtime/bus/bucket';
import type { Clock } from '@tokenos/runtime/clock';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Log, Signals } from '@tokenos/runtime/service/signals';
import { BUS, CLOCK, CONFIG, LOG, SIGNALS } from '@tokenos/runtime/service/tokens';
import type { WebSocket } from 'ws';
import { Allowances } from '../edge/allowances.js';
import { Upgrades, type Door } from '../edge/upgrades.js';
import type { GatewayConfig } from '../config.js';
import type { Entropy } from '../entropy.js';
import { ENTROPY } from '../tokens.js';
import { Machines } from '../view/machines.js';
import { AgentSession, CLOSE } from './agent-session.js';

/**
 * An agent reports every five seconds and on each change; each heartbeat costs a signature checked and a message to every service.
 * A dropped word that a machine is ready costs its buyer five seconds: a busy machine's changes must all fit.
 */
const HEARTBEATS = { most: 60, oneEvery: SECOND / 10 };

export class AgentDoor implements OnModuleInit, Door {
  readonly path = '/v1/operator/agent';
  readonly maxPayload = 256 * 1024;
  private readonly sessions = new Map<string, AgentSession>();
  /** By node, not by connection: connecting again buys no more. */
  private readonly heartbeats = new Allowances(HEARTBEATS);
  private bucket: Promise<Bucket<DesiredNode>> | undefined;

  constructor(
    @Inject(Upgrades) private readonly upgrades: Upgrades,
    @Inject(BUS) private readonly bus: Bus,
    @Inject(LOG) private readonly log: Log,
    @Inject(SIGNALS) private readonly signals: Signals,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ENTROPY) private readonly entropy: Entropy,
    @Inject(Machines) private readonly machines: Machines,
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'CANARY_KEY'>,
  ) {}

  onModuleInit(): void {
    this.upgrades.add(this);
  }

  /** Anyone may knock: the hello decides. */
  admit(): Promise<void> {
    return Promise.resolve();
  }

  open(socket: WebSocket): void {
    const { bus } = this;
    new AgentSession(socket, {
      nonce: this.entropy.secret(),
      nodeKey: (nodeId) => this.keyOf(nodeId),
      now: () => this.clock.now(),
      mayReport: (nodeId) => this.mayReport(nodeId),
      publish: (heartbeat: Heartbeat) => bus.publishStored(telemetryHeartbeat(heartbeat.nodeId), heartbeat),
      desired: this.watch.bind(this),
      desiredNow: async (nodeId) => (await (await this.desired()).get(nodeId))?.value ?? null,
      onProven: (nodeId, session) => {
        // The newer connection is the one that lives: the older may be half-open.
        this.sessions.get(nodeId)?.close(CLOSE.replaced, 'connected again');
        this.sessions.set(nodeId, session);
      },
      onClosed: (session) => {
        for (const [nodeId, known] of this.sessions) if (known === session) this.sessions.delete(nodeId);
      },
      warn: (fields, message) => this.log.warn(fields, message),
    });
  }

  /** Whichever machine here runs this rental ends it now. `revision`: of the rental's stream, which says that it is over. */
  end(rentalId: string, revision: number): void {
    for (const session of this.sessions.values()) session.end(rentalId, revision);
  }

  /** The canary is no machine of an operator's: nobody can enrol in its place. */
  private keyOf(nodeId: string): Promise<string | null> {
    if (nodeId === CANARY_NODE_ID) return Promise.resolve(this.config.CANARY_KEY ?? null);
    return this.machines.keyOf(nodeId);
  }

  private mayReport(nodeId: string): boolean {
    const may = this.heartbeats.take(nodeId, this.clock.now());
    if (!may) this.signals.count('heartbeats_dropped');
    return may;
  }

  private async *watch(nodeId: string, signal: AbortSignal) {
    yield* (await this.desired()).watch(nodeId, signal);
  }

  private desired(): Promise<Bucket<DesiredNode>> {
    this.bucket ??= this.bus.bucket<DesiredNode>(DESIRED_BUCKET).catch((error: unknown) => {
      this.bucket = undefined;
      throw error;
    });
    return this.bucket;
  }
}
