/** The one place where failures become answers: RFC 9457 for everything, also for what the router and the parser refuse. */

import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ProblemBody } from '@tokenos/contracts/api/problem';
import type { Log } from '@tokenos/runtime/service/signals';
import { LOG } from '@tokenos/runtime/service/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EdgeCode } from './edge-codes.js';
import { Problem, problemOf } from './problem.js';

/** What Fastify's parser and Nest's router throw, by code or status. */
const fromFastify: Readonly<Record<string, EdgeCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
};
const fromStatus: Readonly<Record<number, EdgeCode>> = {
  400: 'invalid_request',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
};

export function problemFrom(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  // Nest wraps what Fastify throws; the reason is inside.
  const { code } = ((error instanceof HttpException ? error.cause : error) ?? {}) as { code?: unknown };
  const status = error instanceof HttpException ? error.getStatus() : undefined;
  const known = (typeof code === 'string' && fromFastify[code]) || (status !== undefined && fromStatus[status]);
  return known ? problemOf(known) : null;
}

export const bodyOf = ({ code, status, detail, errors }: Problem, requestId: string): ProblemBody => ({
  type: `/docs#${code}`,
  title: code.replaceAll('_', ' '),
  status,
  detail,
  code,
  instance: requestId,
  ...(errors.length === 0 ? {} : { errors: [...errors] }),
});

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const known = problemFrom(error);
    if (known === null) this.log.error({ err: error, route: request.routeOptions.url }, 'a request failed');
    const problem = known ?? problemOf('internal');
    void reply
      // Of the answer that it would have been.
      .removeHeader('content-encoding')
      .status(problem.status)
      .headers({ ...problem.headers, ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}) })
      .type('application/problem+json')
      .send(JSON.stringify(bodyOf(problem, request.id)));
  }
}
