/** A service's connection to NATS: what it may publish, and its key-value buckets. Facts are published by the outbox alone, elsewhere. */

import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Log } from '../service/signals.js';
import { Bucket } from './bucket.js';
import { abilitiesOf, type ServerAbilities } from './server-version.js';
import { ensureStreams } from './streams.js';

export interface BusOptions {
  /** `nats://host:port`, several separated by commas. */
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Shown in the server's connection list. */
  readonly name: string;
  readonly log: Log;
}

export class Bus {
  private up = true;

  private constructor(
    readonly connection: NatsConnection,
    /** Makes and inspects streams and consumers. */
    readonly admin: JetStreamManager,
    readonly jetstream: JetStreamClient,
    readonly server: ServerAbilities,
    private readonly log: Log,
  ) {
    void this.watchConnection();
  }

  /** Waits for the server as long as it takes, and reconnects for ever. Throws on wrong credentials or a server too old. */
  static async connect({ url, user, password, name, log }: BusOptions): Promise<Bus> {
    const connection = await connect({
      servers: url.split(','),
      name,
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: 10_000,
      // Its own, so that the server can keep the other services from hearing its answers.
      ...(user === undefined ? {} : { user, inboxPrefix: `_INBOX.${user}` }),
      ...(password === undefined ? {} : { pass: password }),
    });
    try {
      const server = abilitiesOf(connection.info?.version ?? '');
      const admin = await jetstreamManager(connection);
      await ensureStreams(admin);
      log.info({ nats: server.version, missing: server.missing }, 'connected to NATS');
      return new Bus(connection, admin, jetstream(connection), server, log);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  get connected(): boolean {
    return this.up && !this.connection.isClosed();
  }

  /** Core NATS: at most once, to whoever listens now. Ticks and hints. */
  publish(subject: string, value: unknown): void {
    this.connection.publish(subject, JSON.stringify(value));
  }

  /** JetStream: resolves when the server has stored it. Telemetry. */
  async publishStored(subject: string, value: unknown): Promise<void> {
    await this.jetstream.publish(subject, JSON.stringify(value));
  }

  /**
   * A key-value bucket of JSON values, made where it is missing. Never read directly: such an answer is the bare value on a
   * subject of the asker's choice, by which whoever writes the bucket could say anything anywhere.
   */
  async bucket<T>(name: string): Promise<Bucket<T>> {
    return new Bucket<T>(await new Kvm(this.jetstream).create(name, { history: 1, allow_direct: false }));
  }

  /** Sends what is buffered, ends subscriptions, closes. */
  async close(): Promise<void> {
    if (this.connection.isClosed()) return;
    // A drain needs the server; without one there is nothing to wait for.
    if (this.connected) await this.connection.drain();
    else await this.connection.close();
  }

  private async watchConnection(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') this.up = false;
      if (status.type === 'reconnect') this.up = true;
      if (status.type === 'disconnect' || status.type === 'reconnect')
        this.log.warn({ nats: status.type }, 'bus connection');
      if (status.type === 'error') this.log.error({ err: status.error }, 'bus error');
    }
  }
}
