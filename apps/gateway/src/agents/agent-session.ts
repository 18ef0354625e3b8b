/** One machine's connection: it proves who it is, then its heartbeats come in and what it should be running goes out. */

import {
  agentToGateway,
  HEARTBEAT_EVERY_MS,
  type AgentToGateway,
  type DesiredNode,
  type GatewayToAgent,
  type Heartbeat,
} from '@tokenos/contracts/agent/protocol';
import { helloText, isSignedBy, isTextSignedBy } from '@tokenos/contracts/agent/signature';
import type { Entry } from '@tokenos/runtime/bus/bucket';
import type { WebSocket } from 'ws';

/** Close codes of ours (4000 to 4999), with what an agent should do about each. */
export const CLOSE = {
  /** Speak the protocol: a fault of the agent. */
  protocol: 4400,
  /** Not the node it says it is, or none of ours. */
  refused: 4401,
  /** Another connection of the same node took over. */
  replaced: 4409,
  /** Our fault: connect again. */
  again: 4500,
} as const;

const HELLO_WITHIN_MS = 10_000;
const PING_EVERY_MS = 20_000;

export interface SessionParts {
  readonly nonce: string;
  /** The key of a node that may connect; null otherwise. */
  readonly nodeKey: (nodeId: string) => Promise<string | null>;
  /** The platform's time, epoch ms. */
  readonly now: () => number;
  /** False where this node has sent too many heartbeats lately: then nothing is done with this one. */
  readonly mayReport: (nodeId: string) => boolean;
  readonly publish: (heartbeat: Heartbeat) => Promise<void>;
  readonly desired: (nodeId: string, signal: AbortSignal) => AsyncIterable<Entry<DesiredNode>>;
  /** What it should be running now; null where nothing was ever written. */
  readonly desiredNow: (nodeId: string) => Promise<DesiredNode | null>;
  /** Told once the node has proven itself. */
  readonly onProven: (nodeId: string, session: AgentSession) => void;
  readonly onClosed: (session: AgentSession) => void;
  readonly warn: (fields: object, message: string) => void;
}

type Hello = Extract<AgentToGateway, { type: 'hello' }>;

export class AgentSession {
  private readonly over = new AbortController();
  private readonly helloTimer: NodeJS.Timeout;
  private readonly pingTimer: NodeJS.Timeout;
  private node: { readonly id: string; readonly key: string } | null = null;
  private alive = true;
  /** What it was told last to run. */
  private desired: DesiredNode | null = null;
  /** One message after the other: a heartbeat must not overtake the hello. */
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    private readonly parts: SessionParts,
  ) {
    this.helloTimer = setTimeout(() => this.close(CLOSE.protocol, 'no hello'), HELLO_WITHIN_MS);
    this.pingTimer = setInterval(() => this.ping(), PING_EVERY_MS);
    socket.on('pong', () => (this.alive = true));
    socket.on('close', () => this.ended());
    socket.on('message', (data: Buffer, isBinary) => {
      this.work = this.work
        .then(() => this.take(isBinary ? '' : data.toString('utf8')))
        .catch((err: unknown) => this.failed(err));
    });
    this.send({ type: 'challenge', nonce: parts.nonce });
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  /** A lease is over: said at once, by an entry like any other, and not only when allocation has written it down. */
  end(rentalId: string, revision: number): void {
    if (this.desired === null) return;
    const { nodeId, leases } = this.desired;
    const over = leases
      .filter((lease) => lease.rentalId === rentalId && lease.state === 'run' && lease.revision < revision)
      .map((lease) => ({ ...lease, state: 'ended' as const, revision }));
    if (over.length === 0) return;
    // Said once: the same end comes by more than one way.
    this.desired = { nodeId, leases: [...leases.filter((lease) => lease.rentalId !== rentalId), ...over] };
    this.send({ type: 'desired', desired: { nodeId, leases: over } });
  }

  private async take(text: string): Promise<void> {
    if (this.over.signal.aborted) return;
    const message = parse(text);
    if (message === null) return this.close(CLOSE.protocol, 'not a message of this protocol');
    if (message.type === 'hello') return this.hello(message);
    if (this.node === null) return this.close(CLOSE.protocol, 'hello first');
    const { heartbeat } = message;
    // A heartbeat says how everything stands: the next one says all that this one would have.
    if (!this.parts.mayReport(this.node.id)) return;
    if (heartbeat.nodeId !== this.node.id || !isSignedBy(heartbeat, this.node.key)) {
      this.parts.warn({ nodeId: this.node.id }, 'a heartbeat with a wrong signature');
      return this.close(CLOSE.refused, 'not signed by this node');
    }
    await this.parts.publish(heartbeat);
  }

  private async hello({ nodeId, signature }: Hello): Promise<void> {
    if (this.node !== null) return this.close(CLOSE.protocol, 'hello twice');
    const key = await this.parts.nodeKey(nodeId);
    if (key === null || !isTextSignedBy(helloText(this.parts.nonce, nodeId), signature, key)) {
      return this.close(CLOSE.refused, 'unknown node or wrong signature');
    }
    clearTimeout(this.helloTimer);
    this.node = { id: nodeId, key };
    this.parts.onProven(nodeId, this);
    const now = new Date(this.parts.now()).toISOString();
    this.send({ type: 'welcome', heartbeatEveryMs: HEARTBEAT_EVERY_MS, now });
    this.follow(nodeId).catch((err: unknown) => this.failed(err));
  }

  /** What it should be running: once now, even if that is nothing, then on every change. */
  private async follow(nodeId: string): Promise<void> {
    if ((await this.parts.desiredNow(nodeId)) === null) this.send({ type: 'desired', desired: { nodeId, leases: [] } });
    for await (const { value } of this.parts.desired(nodeId, this.over.signal)) {
      if (value === null) continue;
      this.desired = value;
      this.send({ type: 'desired', desired: value });
    }
    if (!this.over.signal.aborted) this.close(CLOSE.again, 'lost sight of what it should be running');
  }

  private send(message: GatewayToAgent): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** A connection cut in between looks open for minutes: no pong, no connection. */
  private ping(): void {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    this.socket.ping();
  }

  private failed(err: unknown): void {
    if (this.over.signal.aborted) return;
    this.parts.warn({ err, nodeId: this.node?.id }, 'an agent connection failed');
    this.close(CLOSE.again, 'try again');
  }

  private ended(): void {
    clearTimeout(this.helloTimer);
    clearInterval(this.pingTimer);
    this.over.abort();
    this.parts.onClosed(this);
  }
}

function parse(text: string): AgentToGateway | null {
  try {
    return agentToGateway.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
