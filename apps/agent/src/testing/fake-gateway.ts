/** A double of the gateway: speaks the agent protocol over real sockets, checks every signature, and remembers what it heard. */

import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import canonicalize from 'canonicalize';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  agentToGateway,
  type DesiredLease,
  enrolRequest,
  type EnrolRequest,
  type GatewayToAgent,
  type Heartbeat,
  type LeaseReport,
} from '@tokenos/contracts/agent/protocol';
import { eventually } from './eventually.js';

const NONCE = 'f00d'.repeat(8);
export const HEARTBEAT_MS = 300;

/** Whether the Ed25519 key (base64url of its raw bytes) made the signature (base64url). */
export function signedBy(rawKey: string, bytes: string, signature: string): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: rawKey }, format: 'jwk' });
  return verify(null, Buffer.from(bytes), key, Buffer.from(signature, 'base64url'));
}

/** Whether it signed the RFC 8785 form of everything but `signature`. */
export function signedWhole({ signature, ...rest }: { readonly signature: string }, rawKey: string): boolean {
  return signedBy(rawKey, canonicalize(rest) ?? '', signature);
}

export class FakeGateway {
  readonly enrolments: EnrolRequest[] = [];
  readonly heartbeats: Heartbeat[] = [];
  readonly faults: string[] = [];
  port = 0;
  /** How far this platform's clock is ahead of the machine's. */
  aheadMs = 0;
  #leases: readonly DesiredLease[] = [];
  #server: Server | null = null;
  readonly #sockets = new Set<WebSocket>();

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get node(): EnrolRequest {
    const [first] = this.enrolments;
    if (first === undefined) throw new Error('no node enrolled');
    return first;
  }

  async open(): Promise<this> {
    const server = createServer((request, response) => void this.#enrol(request, response));
    const sockets = new WebSocketServer({ server, path: '/v1/operator/agent' });
    sockets.on('connection', (socket) => this.#serve(socket));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** The platform is gone; `open` brings it back on the same port. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    const closed = this.#server === null ? Promise.resolve() : once(this.#server, 'close');
    this.#server?.close();
    this.#server?.closeAllConnections();
    await closed;
    this.#server = null;
  }

  /** Replaces the document, and sends it to whoever is connected now or later. */
  desire(...leases: readonly DesiredLease[]): void {
    this.#leases = leases;
    for (const socket of this.#sockets) this.#sendDesired(socket);
  }

  /** The newest report of a rental, or undefined. */
  report(rentalId: string): LeaseReport | undefined {
    return this.heartbeats.at(-1)?.leases.find((lease) => lease.rentalId === rentalId);
  }

  async until(rentalId: string, state: LeaseReport['state'], limitMs = 15_000): Promise<LeaseReport> {
    return eventually(() => {
      const report = this.report(rentalId);
      if (report?.state !== state) throw new Error(`${rentalId} is ${report?.state} (${report?.detail}), not ${state}`);
      return report;
    }, limitMs);
  }

  async #enrol(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString();
    const parsed = enrolRequest.safeParse(JSON.parse(body));
    if (parsed.success && request.url === '/v1/operator/agent/enrol') this.enrolments.push(parsed.data);
    response.writeHead(parsed.success ? 201 : 400).end('{}');
  }

  #serve(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    this.#send(socket, { type: 'challenge', nonce: NONCE });
    socket.on('message', (data) => {
      const message = agentToGateway.parse(JSON.parse((data as Buffer).toString()));
      if (message.type === 'heartbeat') this.#hear(message.heartbeat);
      else {
        const proof = `tokenos-agent-hello:${NONCE}:${message.nodeId}`;
        if (!signedBy(this.node.nodeKey, proof, message.signature)) this.faults.push('hello is not signed by the node');
        const now = new Date(Date.now() + this.aheadMs).toISOString();
        this.#send(socket, { type: 'welcome', heartbeatEveryMs: HEARTBEAT_MS, now });
        this.#sendDesired(socket);
      }
    });
  }

  #hear(heartbeat: Heartbeat): void {
    if (!signedWhole(heartbeat, this.node.nodeKey)) this.faults.push('heartbeat is not signed by the node');
    this.heartbeats.push(heartbeat);
  }

  #sendDesired(socket: WebSocket): void {
    if (this.#leases.length === 0) return;
    this.#send(socket, { type: 'desired', desired: { nodeId: this.node.nodeId, leases: [...this.#leases] } });
  }

  #send(socket: WebSocket, message: GatewayToAgent): void {
    socket.send(JSON.stringify(message));
  }
}
