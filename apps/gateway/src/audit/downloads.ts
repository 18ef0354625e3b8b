/**
 * Long answers, sent as fast as their reader takes them: nothing is read ahead of it, and nothing after it is gone. Whatever
 * fails before the first line is a problem as ever; after that the connection breaks off, and the line that says `end` is missing.
 */

import { Inject, type OnModuleDestroy } from '@nestjs/common';
import { EXPORT_MEDIA_TYPE } from '@tokenos/contracts/export/export-line';
import type { Log } from '@tokenos/runtime/service/signals';
import { LOG } from '@tokenos/runtime/service/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pipeline, Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import { preferred } from '../edge/accepts.js';

/** Of text that waits for the reader, beside the batch it came in. */
const READ_AHEAD_BYTES = 64 * 1024;

export class Downloads implements OnModuleDestroy {
  private readonly open = new Set<Readable>();

  constructor(@Inject(LOG) private readonly log: Log) {}

  /** What a handler gives back: text for HEAD, which nothing is read for, and otherwise a stream. */
  async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    lines: AsyncGenerator<string>,
  ): Promise<Readable | string> {
    const { headers, method } = request;
    void reply.type(EXPORT_MEDIA_TYPE).headers({ vary: 'accept-encoding', 'cache-control': 'no-store' });
    if (method === 'HEAD') return '';
    const text = await this.textOf(lines);
    if (preferred(headers['accept-encoding'], ['identity', 'gzip']) === 'identity') return text;
    void reply.header('content-encoding', 'gzip');
    // Hashes make up much of it: more effort saves little. What is read leaves at once, so that a failure finds an answer begun.
    const { Z_BEST_SPEED: level, Z_SYNC_FLUSH: flush } = constants;
    return pipeline(text, createGzip({ level, flush }), () => undefined);
  }

  onModuleDestroy(): void {
    for (const text of this.open) text.destroy(new Error('going down'));
  }

  private async textOf(lines: AsyncGenerator<string>): Promise<Readable> {
    const first = await lines.next();
    const text = Readable.from(first.done === true ? [] : withFirst(first.value, lines), {
      objectMode: false,
      highWaterMark: READ_AHEAD_BYTES,
    });
    this.open.add(text);
    text.once('error', (err) => this.log.warn({ err }, 'a download broke off'));
    return text.once('close', () => this.open.delete(text));
  }
}

async function* withFirst(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
