/** One buyer's meter: what each open rental is now, then every change in order and none twice, and the ticks. */

import { BEARER_PROTOCOL_PREFIX, type MeterMessage } from '@tokenos/contracts/api/meter-socket';
import type { Tick } from '@tokenos/contracts/api/meter';
import { baseType } from '@tokenos/contracts/facts/streams';
import { closingOf, runOf } from '@tokenos/domain/rental/state';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { bearerOf } from '../auth/token-verifier.js';
import type { FoundRental } from '../buyer/own-rentals.js';
import { noticeOf } from '../buyer/course.js';
import { costAnswer, instant, type KnownRental } from '../buyer/rental-answers.js';

/** A client that lets this much pile up reads too slowly: it may connect again, and misses nothing. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const POLICY = 1008;

export class MeterConnection {
  private readonly sent = new Map<string, number>();
  private alive = true;
  private work: Promise<void> = Promise.resolve();

  constructor(
    readonly buyerId: string,
    readonly token: string,
    private readonly socket: WebSocket,
    private readonly read: (rentalId: string) => Promise<FoundRental | null>,
    private readonly failed: (err: unknown) => void,
  ) {
    socket.on('pong', () => (this.alive = true));
    // The meter only talks: whoever sends something is told nothing, but not cut off.
    socket.on('message', () => undefined);
  }

  /** Sends the rental's state if it is newer than what was sent. */
  show(rentalId: string): void {
    this.work = this.work
      .then(async () => {
        const found = await this.read(rentalId);
        const last = found?.envelopes.at(-1);
        if (found === null || last === undefined || last.revision <= (this.sent.get(rentalId) ?? -1)) return;
        this.sent.set(rentalId, last.revision);
        const { status: state } = found.state;
        const { revision, type, at } = last;
        const told = { rentalId, state, revision, fact: baseType(type), at };
        this.send({ type: 'state', ...told, ...costAnswer(found.state), ...newsOf(found.state) });
      })
      .catch((err: unknown) => this.failed(err));
  }

  tick(tick: Tick): void {
    this.send({ type: 'tick', tick });
  }

  /** False: the other end is gone. */
  ping(): boolean {
    const { alive } = this;
    this.alive = false;
    if (alive) this.socket.ping();
    else this.socket.terminate();
    return alive;
  }

  refuse(): void {
    this.socket.close(POLICY, 'the token is no longer valid');
  }

  private send(message: MeterMessage): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) this.socket.close(POLICY, 'reads too slowly');
    else this.socket.send(JSON.stringify(message));
  }
}

/** What a buyer must hear at once: that it has to make way, or that it is over and why. */
function newsOf(state: KnownRental) {
  const end = closingOf(state)?.end;
  const endsAt = end?.effectiveAt ?? runOf(state)?.endsAt;
  return {
    notice: noticeOf(state),
    end: end === undefined ? null : { reason: end.reason, fault: end.fault },
    endsAt: endsAt === undefined ? null : instant(endsAt),
  };
}

/** From the Authorization header, or among the offered subprotocols; never from the address, which ends up in logs. */
export function socketToken({ headers }: IncomingMessage): string | null {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  const bearer = offered.find((protocol) => protocol.startsWith(BEARER_PROTOCOL_PREFIX));
  return bearerOf(headers.authorization) ?? bearerOf(bearer && `Bearer ${bearer.slice(BEARER_PROTOCOL_PREFIX.length)}`);
}
