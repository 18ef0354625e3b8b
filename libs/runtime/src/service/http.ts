/** The HTTP side of a service: Nest on Fastify, with a request id that becomes the correlation id of all that follows from it. */

import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ids } from '../ids.js';
import { withCause } from './cause.js';

/** An id that a caller chose may go into logs and facts only if it looks like one. */
const REQUEST_ID = /^[\w-]{8,64}$/;

export interface HttpParts {
  readonly root: DynamicModule;
  readonly logger: LoggerService;
  readonly ids: Ids;
  readonly bodyLimitBytes: number;
}

export async function createHttpApp({ root, logger, ids, bodyLimitBytes }: HttpParts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    // A path that cannot be decoded reaches no route, and so no filter of Nest's.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const problem = { type: 'about:blank', title: 'bad request', status: 400, code: 'malformed_request' };
      void reply.code(400).header('x-request-id', request.id).type('application/problem+json').send(problem);
    },
    genReqId: ({ headers }: IncomingMessage) => {
      const asked = headers['x-request-id'];
      return typeof asked === 'string' && REQUEST_ID.test(asked) ? asked : ids.next();
    },
  });
  const http = adapter.getInstance();
  http.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    withCause({ correlationId: request.id, causationId: request.id }, done);
  });
  closeBehindAnswers(http);
  return NestFactory.create<NestFastifyApplication>(root, adapter, { logger, abortOnError: false });
}

/** A connection kept alive behind the last answer would hold up the end of the service. */
function closeBehindAnswers(http: FastifyInstance): void {
  let closing = false;
  http.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  http.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
}
