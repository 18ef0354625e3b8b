/** The socket to the platform: proves who the node is, sends heartbeats, receives what is desired, and reconnects for ever. */

import {
  type AgentToGateway,
  type DesiredNode,
  type GatewayToAgent,
  gatewayToAgent,
  type Heartbeat,
} from '@tokenos/contracts/agent/protocol';
import { AGENT_PROTOCOL, HEARTBEAT_EVERY_MS } from '@tokenos/contracts/agent/protocol';
import { helloText } from '@tokenos/contracts/agent/signature';
import { backoffMs, type Random } from '@tokenos/runtime/bus/backoff';
import type { Clock } from '@tokenos/runtime/clock';
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import type { NodeKey } from '../identity/node-key.js';

/** Wall time. A platform that neither welcomes nor answers pings for this long is gone. */
const SILENCE_LIMIT_MS = 15_000;
const PING_EVERY_MS = 5_000;
const RECONNECT = { firstMs: 250, maxMs: 15_000 };
const MAX_MESSAGE_BYTES = 1024 * 1024;

export interface UplinkParts {
  /** "ws://host:port" */
  readonly gateway: string;
  readonly nodeId: string;
  readonly key: NodeKey;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
  readonly heartbeat: () => Heartbeat;
  /** What time it is for the platform, epoch ms. */
  readonly told: (now: number) => void;
  readonly desired: (document: DesiredNode) => void;
}

type Welcome = Extract<GatewayToAgent, { type: 'welcome' }>;

export class Uplink {
  #socket: WebSocket | null = null;
  #welcomed = false;
  #everyMs = HEARTBEAT_EVERY_MS;
  #heartbeatTimer: NodeJS.Timeout | null = null;
  #retryTimer: NodeJS.Timeout | null = null;
  #pending = false;
  #stopped = false;
  #failures = 0;

  constructor(private readonly parts: UplinkParts) {}

  start(): void {
    this.#connect();
  }

  /** Something that heartbeats report has changed: says so at once. Several changes in one turn are one heartbeat. */
  changed(): void {
    if (this.#pending || !this.#welcomed) return;
    this.#pending = true;
    setImmediate(() => {
      this.#pending = false;
      this.#beat();
    });
  }

  stop(): void {
    this.#stopped = true;
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    this.#socket?.close();
    this.#socket?.terminate();
  }

  #connect(): void {
    const url = `${this.parts.gateway.replace(/\/$/, '')}/v1/operator/agent`;
    const socket = new WebSocket(url, { handshakeTimeout: SILENCE_LIMIT_MS, maxPayload: MAX_MESSAGE_BYTES });
    this.#socket = socket;
    let heardAt = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - heardAt > SILENCE_LIMIT_MS) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, PING_EVERY_MS);
    const heard = (): void => {
      heardAt = performance.now();
    };
    socket.on('pong', heard);
    socket.on('message', (data) => {
      heard();
      // One Buffer, which is what `ws` delivers unless told otherwise.
      this.#receive(socket, (data as Buffer).toString());
    });
    socket.on('error', (error) => this.parts.log.debug({ error: error.message }, 'socket error'));
    socket.on('close', () => {
      clearInterval(watch);
      this.#lost();
    });
  }

  #lost(): void {
    if (this.#welcomed) this.parts.log.warn('lost the platform; leases carry on, reconnecting');
    this.#welcomed = false;
    if (this.#heartbeatTimer) clearTimeout(this.#heartbeatTimer);
    if (this.#stopped) return;
    this.#failures += 1;
    const wait = backoffMs(this.#failures, this.parts.random, RECONNECT);
    this.#retryTimer = setTimeout(() => this.#connect(), wait);
  }

  #receive(socket: WebSocket, text: string): void {
    const message = gatewayToAgent.safeParse(parsed(text));
    if (!message.success) {
      this.parts.log.error({ issues: message.error.issues }, 'unintelligible message from the platform ignored');
      return;
    }
    if (message.data.type === 'challenge') this.#send(socket, this.#hello(message.data.nonce));
    else if (message.data.type === 'welcome') this.#welcome(message.data);
    else if (message.data.desired.nodeId !== this.parts.nodeId)
      this.parts.log.error('desired state of another node ignored');
    else this.parts.desired(message.data.desired);
  }

  #hello(nonce: string): AgentToGateway {
    const { nodeId, key } = this.parts;
    return {
      type: 'hello',
      protocol: AGENT_PROTOCOL,
      nodeId,
      signature: key.sign(helloText(nonce, nodeId)),
    };
  }

  #welcome({ heartbeatEveryMs, now }: Welcome): void {
    this.parts.log.info('connected to the platform');
    this.#failures = 0;
    this.#welcomed = true;
    this.#everyMs = heartbeatEveryMs;
    this.parts.told(Date.parse(now));
    this.#beat();
  }

  /** Sends one heartbeat and schedules the next; the interval is platform time. */
  #beat(): void {
    if (!this.#welcomed || this.#socket === null) return;
    if (this.#heartbeatTimer) clearTimeout(this.#heartbeatTimer);
    this.#send(this.#socket, { type: 'heartbeat', heartbeat: this.parts.heartbeat() });
    this.#heartbeatTimer = setTimeout(() => this.#beat(), this.parts.clock.toWallDuration(this.#everyMs));
  }

  /** A heartbeat is level state: one that cannot be sent now is superseded by the next. */
  #send(socket: WebSocket, message: AgentToGateway): void {
    if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < MAX_MESSAGE_BYTES)
      socket.send(JSON.stringify(message));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
