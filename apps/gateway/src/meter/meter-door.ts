/** Where buyers watch their rentals live: /v1/buyer/meter. */

import { Inject, type OnApplicationBootstrap, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { METER_PROTOCOL } from '@tokenos/contracts/api/meter-socket';
import { tick, type Tick } from '@tokenos/contracts/api/meter';
import { tickSubject } from '@tokenos/contracts/subjects';
import { categoryOf, idOf } from '@tokenos/contracts/envelope/envelope';
import { DAY } from '@tokenos/domain/time';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Clock } from '@tokenos/runtime/clock';
import type { Log } from '@tokenos/runtime/service/signals';
import { BUS, CLOCK, DATABASE, LOG } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { TokenVerifier } from '../auth/token-verifier.js';
import { OwnRentals } from '../buyer/own-rentals.js';
import { Footprints } from '../carbon/footprints.js';
import { Upgrades, type Door } from '../edge/upgrades.js';
import { LiveFacts } from '../facts/live-facts.js';
import { problemOf } from '../problem/problem.js';
import { TOKEN_VERIFIER } from '../tokens.js';
import type { GatewayTables } from '../view/tables.js';
import { MeterConnection, socketToken } from './meter-connection.js';

/** Wall time between two looks at everything: pings, tokens that expired, and changes that nobody told of. */
const BEAT_MS = 15_000;
const MAX_CONNECTIONS_PER_BUYER = 20;

interface Admitted {
  readonly buyerId: string;
  readonly token: string;
}

export class MeterDoor implements Door, OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly path = '/v1/buyer/meter';
  readonly protocol = METER_PROTOCOL;
  readonly maxPayload = 1024;
  private readonly connections = new Map<string, Set<MeterConnection>>();
  private beat: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Upgrades) private readonly upgrades: Upgrades,
    @Inject(TOKEN_VERIFIER) private readonly tokens: TokenVerifier,
    @Inject(DATABASE) private readonly db: Kysely<GatewayTables>,
    @Inject(BUS) private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    @Inject(OwnRentals) private readonly rentals: OwnRentals,
    @Inject(LiveFacts) private readonly live: LiveFacts,
    @Inject(Footprints) private readonly footprints: Footprints,
  ) {}

  onModuleInit(): void {
    this.upgrades.add(this);
  }

  onApplicationBootstrap(): void {
    this.live.onAny(({ stream }) => {
      if (categoryOf(stream) === 'rental') void this.change(idOf(stream));
    });
    this.bus.connection.subscribe('tick.*', {
      callback: (error, message) => {
        const parsed = error === null ? tick.safeParse(message.json()) : null;
        if (!parsed?.success || message.subject !== tickSubject(parsed.data.rentalId)) return;
        void this.tick(parsed.data);
      },
    });
    this.beat = setInterval(() => void this.lookAround(), BEAT_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.beat);
  }

  async admit(request: IncomingMessage): Promise<Admitted> {
    const token = socketToken(request);
    if (token === null) throw problemOf('unauthenticated');
    const { id, roles } = await this.tokens.verify(token);
    if (!roles.includes('buyer')) throw problemOf('forbidden');
    if ((this.connections.get(id)?.size ?? 0) >= MAX_CONNECTIONS_PER_BUYER) throw problemOf('rate_limited');
    return { buyerId: id, token };
  }

  open(socket: WebSocket, admitted: unknown): void {
    const { buyerId, token } = admitted as Admitted;
    const failed = (err: unknown): void => this.log.warn({ err, buyerId }, 'a meter could not be shown');
    const connection = new MeterConnection(buyerId, token, socket, (rentalId) => this.rentals.read(rentalId), failed);
    const all = this.connections.get(buyerId) ?? new Set();
    this.connections.set(buyerId, all.add(connection));
    socket.on('close', () => {
      all.delete(connection);
      if (all.size === 0) this.connections.delete(buyerId);
    });
    this.showAll(connection).catch(failed);
  }

  /** Open rentals, and those that changed within a day: a change is not lost on a client that was away. */
  private async showAll(connection: MeterConnection): Promise<void> {
    const rows = await this.db
      .selectFrom('rentals')
      .select('rental_id')
      .where('buyer_id', '=', connection.buyerId)
      .where((is) => is.or([is('open', '=', true), is('changed_at', '>', BigInt(this.clock.now() - DAY))]))
      .orderBy('rental_id')
      .execute();
    for (const { rental_id } of rows) connection.show(rental_id);
  }

  private async change(rentalId: string): Promise<void> {
    for (const connection of await this.ofOwner(rentalId)) connection.show(rentalId);
  }

  /** Ticks go out also where the grams cannot be had. */
  private async tick(told: Tick): Promise<void> {
    const connections = await this.ofOwner(told.rentalId);
    if (connections.length === 0) return;
    const full = await this.withCarbon(told).catch((err: unknown) => {
      this.log.warn({ err, rentalId: told.rentalId }, 'a tick without its carbon');
      return told;
    });
    for (const connection of connections) connection.tick(full);
  }

  private async withCarbon(told: Tick): Promise<Tick> {
    const found = await this.rentals.read(told.rentalId);
    return found === null ? told : this.footprints.withCarbon(told, found.state);
  }

  /** Whoever of its buyer listens now. */
  private async ofOwner(rentalId: string): Promise<readonly MeterConnection[]> {
    if (this.connections.size === 0) return [];
    try {
      const rental = await this.db
        .selectFrom('rentals')
        .select('buyer_id')
        .where('rental_id', '=', rentalId)
        .executeTakeFirst();
      return rental === undefined ? [] : [...(this.connections.get(rental.buyer_id) ?? [])];
    } catch (err) {
      this.log.warn({ err, rentalId }, 'a meter could not be told');
      return [];
    }
  }

  private async lookAround(): Promise<void> {
    for (const connection of [...this.connections.values()].flatMap((all) => [...all])) {
      if (!connection.ping()) continue;
      try {
        await this.tokens.verify(connection.token);
        await this.showAll(connection);
      } catch {
        connection.refuse();
      }
    }
  }
}
