/**
 * Long answers, sent as fast as their reader takes them: nothing is read ahead of it, and nothing after it is gone. Whatever
 * fails before the first line is a problem as ever; after that the connection breaks off, and the line that says `end` is
 * missing. So many at once and no more: each takes a share of the processor that answers everybody.
 */

import { Inject, type OnModuleDestroy } from '@nestjs/common';
import { EXPORT_MEDIA_TYPE } from '@tokenos/contracts/export/export-line';
import type { Log } from '@tokenos/runtime/service/signals';
import { CONFIG, LOG } from '@tokenos/runtime/service/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pipeline, Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { GatewayConfig } from '../config.js';
import { preferred } from '../edge/accepts.js';
import { type Problem, problemOf } from '../problem/problem.js';
import { paced } from './paced.js';
import { Places } from './places.js';

/** Of text that waits for the reader, beside the batch it came in. */
const READ_AHEAD_BYTES = 64 * 1024;
/** A download that is under way rarely ends sooner. */
const RETRY_AFTER_SECONDS = 30;
/** By then another process stands here. */
const BACK_WITHIN_SECONDS = 5;

export type Lines = AsyncGenerator<string>;

export class Downloads implements OnModuleDestroy {
  private readonly open = new Set<Readable>();
  private readonly places: Places;
  private readonly stalledMs: number;
  private goingDown = false;

  constructor(
    @Inject(LOG) private readonly log: Log,
    @Inject(CONFIG) { MAX_DOWNLOADS, MAX_DOWNLOADS_PER_CALLER, DOWNLOAD_STALLED_SECONDS }: GatewayConfig,
  ) {
    this.places = new Places({ ofOne: MAX_DOWNLOADS_PER_CALLER, ofAll: MAX_DOWNLOADS });
    this.stalledMs = DOWNLOAD_STALLED_SECONDS * 1000;
  }

  /**
   * What a handler gives back: text for HEAD, which nothing is read for, and otherwise a stream. `linesOf` is called once there
   * is a place. Throws `too_many_downloads`, and `unavailable` where the process is on its way out.
   */
  async answer(
    { headers, method, principal }: FastifyRequest,
    reply: FastifyReply,
    linesOf: () => Lines | Promise<Lines>,
  ): Promise<Readable | string> {
    if (method !== 'HEAD') this.seat(principal?.id ?? '', reply);
    const lines = await linesOf();
    void reply.type(EXPORT_MEDIA_TYPE).headers({ vary: 'accept-encoding', 'cache-control': 'no-store' });
    if (method === 'HEAD') return '';
    const text = await this.textOf(lines);
    if (preferred(headers['accept-encoding'], ['identity', 'gzip']) === 'identity') return text;
    void reply.header('content-encoding', 'gzip');
    // Hashes make up much of it: more effort saves little. What is read leaves at once, so that a failure finds an answer begun.
    const { Z_BEST_SPEED: level, Z_SYNC_FLUSH: flush } = constants;
    return pipeline(text, createGzip({ level, flush }), () => undefined);
  }

  /** How many are being read for. */
  get underWay(): number {
    return this.open.size;
  }

  onModuleDestroy(): void {
    this.goingDown = true;
    for (const text of this.open) text.destroy(leaving());
  }

  /** Until the answer is over, however it ends: sent, refused, broken off or left by its reader. */
  private seat(caller: string, { raw }: FastifyReply): void {
    const place = this.places.take(caller);
    if (typeof place === 'string') throw full(place);
    if (raw.closed) place();
    else raw.once('close', place);
  }

  private async textOf(lines: Lines): Promise<Readable> {
    const first = await lines.next();
    if (this.goingDown) throw leaving();
    const stalled = () => text.destroy(new Error('its reader takes nothing any more'));
    const text = Readable.from(paced(first, lines, { stalledMs: this.stalledMs, stalled }), {
      objectMode: false,
      highWaterMark: READ_AHEAD_BYTES,
    });
    this.open.add(text);
    text.once('error', (err) => this.log.warn({ err }, 'a download broke off'));
    return text.once('close', () => this.open.delete(text));
  }
}

const leaving = (): Problem => problemOf('unavailable', { headers: { 'retry-after': `${BACK_WITHIN_SECONDS}` } });

const WHOSE = { ofOne: 'you may have', ofAll: 'this gateway gives' };

const full = (whose: keyof typeof WHOSE): Problem =>
  problemOf('too_many_downloads', {
    detail: `As many downloads are under way as ${WHOSE[whose]} at once; come back when one has ended.`,
    headers: { 'retry-after': `${RETRY_AFTER_SECONDS}` },
  });
