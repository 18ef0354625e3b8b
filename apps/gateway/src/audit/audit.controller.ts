/** What an auditor takes home: facts, all or one stream's, and the evidence behind minutes, a line each. */

import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { evidenceQuery, factsQuery, streamFactsQuery, streamPath } from '@tokenos/contracts/api/audit';
import { exportedEvidence, exportedFact, exportEnd, exportHeader } from '@tokenos/contracts/export/export-line';
import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import { BadPosition, type EventStore } from '@tokenos/runtime/event-store/port';
import { STORE } from '@tokenos/runtime/service/tokens';
import { streamName } from '@tokenos/runtime/stream-kind';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Roles } from '../auth/access.js';
import { Describe } from '../edge/describe.js';
import { rentalPath, type RentalPath } from '../edge/paths.js';
import { shape } from '../edge/shape.js';
import { problemOf } from '../problem/problem.js';
import { Downloads } from './downloads.js';
import { EvidenceSource } from './evidence-source.js';
import { evidenceLines, rentalEvidenceLines } from './evidence-lines.js';
import { EVIDENCE_EXAMPLE, FACTS_EXAMPLE, STREAM_EXAMPLE } from './examples.js';
import { factLines, streamLines } from './export-lines.js';

const factLine = z.union([exportHeader, exportedFact, exportEnd]);
const evidenceLine = z.union([exportHeader, exportedEvidence, exportEnd]);
const evidence = { each: evidenceLine, example: EVIDENCE_EXAMPLE };

@Controller('v1/audit')
@Roles('auditor')
export class AuditController {
  constructor(
    @Inject(STORE) private readonly store: EventStore,
    @Inject(Downloads) private readonly downloads: Downloads,
    @Inject(EvidenceSource) private readonly kept: EvidenceSource,
  ) {}

  @Get('facts')
  @Describe({
    summary: 'Every fact with its hash, in the order of the store; complete only with its last line, which says end',
    answers: { 200: { description: 'One fact a line', lines: { each: factLine, example: FACTS_EXAMPLE } } },
    problems: ['invalid_request', 'too_many_downloads', 'unavailable'],
  })
  facts(
    @Query(shape(factsQuery)) { after, limit }: z.output<typeof factsQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const span = { after: after ?? null, limit: limit ?? Infinity };
    return this.downloads.answer(request, reply, () => factLines(this.store, span)).catch(asProblem);
  }

  @Get('streams/:stream')
  @Describe({
    summary: "One stream's facts, from a revision on",
    answers: { 200: { description: 'One fact a line', lines: { each: factLine, example: STREAM_EXAMPLE } } },
    problems: ['invalid_request', 'too_many_downloads', 'unavailable'],
  })
  stream(
    @Param(shape(streamPath)) { stream }: z.output<typeof streamPath>,
    @Query(shape(streamFactsQuery)) { after }: z.output<typeof streamFactsQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.downloads.answer(request, reply, async () =>
      streamLines(stream, await this.existing(stream), after ?? null),
    );
  }

  @Get('evidence')
  @Describe({
    summary: 'What every minute was judged by, as long as it is kept (90 days): signed heartbeats and probes',
    answers: { 200: { description: 'The evidence of one UsageMetered a line', lines: evidence } },
    problems: ['invalid_request', 'too_many_downloads', 'unavailable'],
  })
  evidence(
    @Query(shape(evidenceQuery)) { after }: z.output<typeof evidenceQuery>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.downloads
      .answer(request, reply, () => evidenceLines(this.store, this.kept, after ?? null))
      .catch(asProblem);
  }

  @Get('evidence/:rentalId')
  @Describe({
    summary: "What one rental's minutes were judged by",
    answers: { 200: { description: 'The evidence of one UsageMetered a line', lines: evidence } },
    problems: ['too_many_downloads', 'unavailable'],
  })
  evidenceOf(
    @Param(shape(rentalPath)) { rentalId }: RentalPath,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const stream = streamName('rental', rentalId);
    return this.downloads.answer(request, reply, async () =>
      rentalEvidenceLines(stream, await this.existing(stream), this.kept),
    );
  }

  private async existing(stream: string): Promise<readonly Envelope[]> {
    const envelopes = await this.store.read(stream);
    if (envelopes.length === 0) throw problemOf('not_found');
    return envelopes;
  }
}

function asProblem(error: unknown): never {
  if (!(error instanceof BadPosition)) throw error;
  throw problemOf('invalid_request', { errors: [{ pointer: 'after', detail: error.message }] });
}
