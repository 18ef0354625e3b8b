/** WebSockets beside REST: one door per address, each deciding before the handshake; everything else is hung up on. */

import { Inject, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import type { Log } from '@tokenos/runtime/service/signals';
import { CLOCK, CONFIG, LOG } from '@tokenos/runtime/service/tokens';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { GatewayConfig } from '../config.js';
import { Problem } from '../problem/problem.js';
import { bodyOf, problemFrom } from '../problem/problem.filter.js';
import { problemOf } from '../problem/problem.js';
import { Allowances } from './allowances.js';
import { clientAddress } from './client-address.js';

export interface Door {
  readonly path: string;
  /** The subprotocol to answer with, if any was asked for that we speak. */
  readonly protocol?: string;
  /** Largest message taken, in bytes. */
  readonly maxPayload: number;
  /** Before the handshake: throws a Problem to refuse; what it gives goes to `open`. */
  admit(request: IncomingMessage): Promise<unknown>;
  open(socket: WebSocket, admitted: unknown): void;
}

const GOING_AWAY = 1001;
const RETRY_AFTER_SECONDS = MINUTE / SECOND;

export class Upgrades implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly doors = new Map<string, { readonly door: Door; readonly server: WebSocketServer }>();

  private readonly perAddress: Allowances;

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(LOG) private readonly log: Log,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {
    // Fastify's limit never sees an upgrade: it goes past the routes. As many as requests, for a whole hall of machines may come back at once from one address.
    const most = config.RATE_LIMIT_PER_MINUTE;
    this.perAddress = new Allowances({ most, oneEvery: MINUTE / most });
  }

  add(door: Door): void {
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: door.maxPayload,
      // Never echoes what a client offers: a bearer token may be among it.
      handleProtocols: (offered) => (door.protocol !== undefined && offered.has(door.protocol) ? door.protocol : false),
    });
    this.doors.set(door.path, { door, server });
  }

  onApplicationBootstrap(): void {
    const http = this.host.httpAdapter.getHttpServer() as Server;
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.upgrade(request, socket, head).catch((error: unknown) => {
        const known = problemFrom(error);
        if (known === null) this.log.error({ err: error }, 'a handshake failed');
        refuse(socket, known ?? problemOf('internal'));
      });
    });
  }

  onModuleDestroy(): void {
    for (const { server } of this.doors.values()) {
      for (const client of server.clients) {
        client.close(GOING_AWAY, 'going down');
        client.terminate();
      }
      server.close();
    }
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (!this.perAddress.take(clientAddress(request, this.config.TRUST_PROXY), this.clock.now())) {
      throw problemOf('rate_limited', { headers: { 'retry-after': `${RETRY_AFTER_SECONDS}` } });
    }
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const found = this.doors.get(path);
    if (found === undefined) throw problemOf('not_found');
    const admitted = await found.door.admit(request);
    found.server.handleUpgrade(request, socket, head, (client) => {
      // A frame that is no frame ends the connection; there is nothing else to do about it.
      client.on('error', () => client.terminate());
      found.door.open(client, admitted);
    });
  }
}

function refuse(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify(bodyOf(problem, 'handshake'));
  const lines = [
    `HTTP/1.1 ${problem.status} ${problem.code}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(problem.headers).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
