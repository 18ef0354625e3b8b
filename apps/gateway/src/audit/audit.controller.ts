/** What an auditor takes home: every fact in the store's global order, or one stream's, a line each. */

import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { factsQuery, streamFactsQuery, streamPath } from '@tokenos/contracts/api/audit';
import { exportedFact, exportEnd, exportHeader } from '@tokenos/contracts/export/export-line';
import { BadPosition, type EventStore } from '@tokenos/runtime/event-store/port';
import { STORE } from '@tokenos/runtime/service/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { problemOf } from '../problem/problem.js';
import { Downloads } from './downloads.js';
import { FACTS_EXAMPLE, STREAM_EXAMPLE } from './examples.js';
import { factLines, streamLines } from './export-lines.js';

const factLine = z.union([exportHeader, exportedFact, exportEnd]);

@Controller('v1/audit')
@Roles('auditor')
export class AuditController {
  constructor(
    @Inject(STORE) private readonly store: EventStore,
    @Inject(Downloads) private readonly downloads: Downloads,
  ) {}

  @Get('facts')
  @Describe({
    summary: 'Every fact with its hash, in the order of the store; complete only with its last line, which says end',
    answers: { 200: { description: 'One fact a line', lines: { each: factLine, example: FACTS_EXAMPLE } } },
    problems: ['invalid_request'],
  })
  facts(
    @Query(shape(factsQuery)) { after, limit }: z.output<typeof factsQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.downloads
      .answer(request, reply, factLines(this.store, { after: after ?? null, limit: limit ?? Infinity }))
      .catch(asProblem);
  }

  @Get('streams/:stream')
  @Describe({
    summary: "One stream's facts, from a revision on",
    answers: { 200: { description: 'One fact a line', lines: { each: factLine, example: STREAM_EXAMPLE } } },
    problems: ['invalid_request'],
  })
  async stream(
    @Param(shape(streamPath)) { stream }: z.output<typeof streamPath>,
    @Query(shape(streamFactsQuery)) { after }: z.output<typeof streamFactsQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const envelopes = await this.store.read(stream);
    if (envelopes.length === 0) throw problemOf('not_found');
    return this.downloads.answer(request, reply, streamLines(stream, envelopes, after ?? null));
  }
}

function asProblem(error: unknown): never {
  if (!(error instanceof BadPosition)) throw error;
  throw problemOf('invalid_request', { errors: [{ pointer: 'after', detail: error.message }] });
}
