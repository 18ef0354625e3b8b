/** The node's one SSH listener: buyers and probes come in here, each to exactly one lease. */

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import ssh2, { type Connection } from 'ssh2';
import { errorCode } from '../error-code.js';
import type { HostKey } from '../identity/host-key.js';
import type { NodeKey } from '../identity/node-key.js';
import { keyOf } from '../leases/lease.js';
import { serveBuyer, type Tell } from './buyer.js';
import type { Doorkeeper } from './doorkeeper.js';
import type { Door } from '../leases/ports.js';
import { authenticate, fingerprint, type Login } from './login.js';
import type { OpenSessions } from './open-sessions.js';
import { serveProbe } from './probe.js';

/** To send an identification and agree on keys: a few round trips of a program that waits for nobody. */
const KEYS_LIMIT_MS = 3_000;
/** From then on, to prove who one is: a person may have to unlock a key. */
const LOGIN_LIMIT_MS = 17_000;
const MAX_ATTEMPTS = 10;
const LISTEN_TRIES = 20;
const LISTEN_EVERY_MS = 500;
const KEEPALIVE_MS = 30_000;

export interface SshServerParts {
  readonly hostKey: HostKey;
  readonly nodeId: string;
  readonly nodeKey: NodeKey;
  readonly find: (username: string) => Door | null;
  readonly sessions: OpenSessions;
  readonly doorkeeper: Doorkeeper;
  readonly log: Logger;
}

interface Guest {
  readonly socket: Socket;
  /** Has agreed on keys. */
  readonly agreed: () => void;
  /** Has shown who it is. */
  readonly proven: () => void;
}

const nameOf = (ip: string | undefined, port: number | undefined): string => `${ip} ${port}`;

export class SshServer {
  readonly #server: Server;
  readonly #ssh: ssh2.Server;
  /** By the client's address and port, which is how ssh2 names a connection. */
  readonly #guests = new Map<string, Guest>();

  constructor(private readonly parts: SshServerParts) {
    this.#ssh = new ssh2.Server({
      hostKeys: [parts.hostKey.privateKey],
      ident: 'TokenOS',
      keepaliveInterval: KEEPALIVE_MS,
      algorithms: { serverHostKey: ['ssh-ed25519'], compress: ['none'] },
    });
    this.#ssh.on('connection', (connection, { ip, port }) => {
      const guest = this.#guests.get(nameOf(ip, port));
      if (guest === undefined) connection.end();
      else this.#serve(connection, guest);
    });
    this.#server = createServer({ noDelay: true }, (socket) => this.#welcome(socket));
  }

  /** Answers the port. Port 0 picks a free one; any other is what buyers were told, so it is waited for. */
  async listen(address: string, port: number): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.#server.listen(port, address);
        await once(this.#server, 'listening');
        break;
      } catch (error) {
        if (errorCode(error) !== 'EADDRINUSE' || tries >= LISTEN_TRIES) throw error;
        this.parts.log.warn({ address, port }, "the node's port is taken, waiting for it");
        await sleep(LISTEN_EVERY_MS);
      }
    }
    // Such as too many open files: the connection is lost, the listener lives on.
    this.#server.on('error', (error) => this.parts.log.error({ error: error.message }, 'ssh listener'));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { socket } of this.#guests.values()) socket.destroy();
    await closed;
  }

  #welcome(socket: Socket): void {
    let hasKeys = false;
    const ticket = this.parts.doorkeeper.admit(socket.remoteAddress ?? '', {
      progress: () => (hasKeys ? Infinity : socket.bytesRead),
      drop: () => socket.destroy(),
    });
    if (ticket === null) return void socket.destroy();
    const name = nameOf(socket.remoteAddress, socket.remotePort);
    let patience = setTimeout(() => socket.destroy(), KEYS_LIMIT_MS);
    const agreed = (): void => {
      clearTimeout(patience);
      patience = setTimeout(() => socket.destroy(), LOGIN_LIMIT_MS);
      hasKeys = true;
    };
    const proven = (): void => {
      clearTimeout(patience);
      ticket.proven();
    };
    this.#guests.set(name, { socket, agreed, proven });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(patience);
      ticket.failed();
      this.#guests.delete(name);
    });
    this.#ssh.injectSocket(socket);
  }

  #serve(connection: Connection, { socket, agreed, proven }: Guest): void {
    let attempts = 0;
    let login: Login | null = null;
    connection.on('error', (error) => this.parts.log.debug({ error: error.message }, 'ssh connection error'));
    // Once: keys are agreed on anew during a long session, too.
    connection.once('handshake', agreed);
    connection.on('authentication', (attempt) => {
      login = authenticate(attempt, this.parts.find);
      if (login !== null) return attempt.accept();
      if (attempt.method !== 'none' && ++attempts >= MAX_ATTEMPTS) return void socket.destroy();
      attempt.reject(['publickey']);
    });
    connection.on('ready', () => {
      if (login === null) return void socket.destroy();
      proven();
      this.#enter(connection, socket, login);
    });
  }

  #enter(connection: Connection, socket: Socket, { lease, link, role, keyBlob }: Login): void {
    const who = { lease: keyOf(lease), role, key: fingerprint(keyBlob) };
    this.parts.log.info({ ...who, from: socket.remoteAddress }, 'logged in');
    let voice: Tell = () => undefined;
    const leave = this.parts.sessions.add(keyOf(lease), {
      ...{ role, keyBlob },
      close: () => socket.destroy(),
      tell: (line) => voice(line),
    });
    socket.on('close', () => {
      leave();
      this.parts.log.info(who, 'logged out');
    });
    if (role === 'probe') serveProbe(connection, lease, this.parts.nodeId, this.parts.nodeKey);
    else voice = serveBuyer(connection, link);
  }
}
