/** Sings to ourselves: heartbeats by the gateway and the bus, as a machine's come, so that a silence of everybody is known to be ours. */

import { CANARY_NODE_ID } from '@tokenos/contracts/agent/canary';
import {
  AGENT_PROTOCOL,
  HEARTBEAT_EVERY_MS,
  gatewayToAgent,
  type AgentToGateway,
  type GatewayToAgent,
  type Heartbeat,
} from '@tokenos/contracts/agent/protocol';
import { helloText, signMessage, signText } from '@tokenos/contracts/agent/signature';
import { backoffMs, type Random } from '@tokenos/runtime/bus/backoff';
import type { Clock } from '@tokenos/runtime/clock';
import type { Ids } from '@tokenos/runtime/ids';
import type { Log } from '@tokenos/runtime/service/signals';
import type { KeyObject } from 'node:crypto';
import { WebSocket } from 'ws';

export interface CanaryParts {
  /** "ws://host:port" */
  readonly gateway: string;
  readonly key: KeyObject;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Log;
}

const RECONNECT = { firstMs: 250, maxMs: 5_000 };
const HANDSHAKE_WITHIN_MS = 10_000;

export class Canary {
  private readonly bootId: string;
  private socket: WebSocket | null = null;
  private timer: NodeJS.Timeout | null = null;
  private seq = 0;
  private failures = 0;
  private stopped = false;

  constructor(private readonly parts: CanaryParts) {
    this.bootId = parts.ids.next();
  }

  start(): void {
    const url = `${this.parts.gateway.replace(/\/$/, '')}/v1/operator/agent`;
    const socket = new WebSocket(url, { handshakeTimeout: HANDSHAKE_WITHIN_MS });
    this.socket = socket;
    socket.on('message', (data) => this.hear(socket, (data as Buffer).toString()));
    // A close follows, and says enough.
    socket.on('error', () => undefined);
    socket.on('close', () => this.again());
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    this.socket?.terminate();
  }

  private again(): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.stopped) return;
    this.failures += 1;
    if (this.failures === 1)
      this.parts.log.warn({}, 'the canary has lost the gateway: until it is back nobody else is taken for lost');
    this.timer = setTimeout(() => this.start(), backoffMs(this.failures, this.parts.random, RECONNECT));
  }

  private hear(socket: WebSocket, text: string): void {
    const message = parsed(text);
    if (message?.type === 'challenge') {
      const signature = signText(helloText(message.nonce, CANARY_NODE_ID), this.parts.key);
      send(socket, { type: 'hello', protocol: AGENT_PROTOCOL, nodeId: CANARY_NODE_ID, signature });
    }
    if (message?.type !== 'welcome') return;
    this.failures = 0;
    this.sing(socket);
  }

  private sing(socket: WebSocket): void {
    send(socket, { type: 'heartbeat', heartbeat: this.heartbeat() });
    this.timer = setTimeout(() => this.sing(socket), this.parts.clock.toWallDuration(HEARTBEAT_EVERY_MS));
  }

  private heartbeat(): Heartbeat {
    this.seq += 1;
    const sentAt = new Date(this.parts.clock.now()).toISOString();
    const says = {
      protocol: AGENT_PROTOCOL,
      nodeId: CANARY_NODE_ID,
      seq: this.seq,
      bootId: this.bootId,
      sentAt,
    } as const;
    return signMessage({ ...says, gpus: [], leases: [] }, this.parts.key);
  }
}

function parsed(text: string): GatewayToAgent | null {
  try {
    return gatewayToAgent.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function send(socket: WebSocket, message: AgentToGateway): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}
