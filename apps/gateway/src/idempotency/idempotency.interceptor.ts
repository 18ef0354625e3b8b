/** Gives every POST of a known caller the id of what it makes, and holds it to its Idempotency-Key. */

import { Inject, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import type { Ids } from '@tokenos/runtime/ids';
import { IDS } from '@tokenos/runtime/service/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { Problem, problemOf } from '../problem/problem.js';
import { Idempotency, type KeyedRequest } from './idempotency.js';

const SECRET_ANSWER = 'tokenos:secret-answer';
export const SecretAnswer = () => SetMetadata(SECRET_ANSWER, true);

const KEY = /^[\x21-\x7e]{1,200}$/;

export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Idempotency) private readonly idempotency: Idempotency,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { principal } = request;
    if (request.method !== 'POST' || principal === undefined) return next.handle();
    const freshId = this.ids.next();
    request.reservedId = freshId;
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) {
      const detail = 'expected 1 to 200 printable ASCII characters';
      throw problemOf('invalid_request', { errors: [{ pointer: 'Idempotency-Key', detail }] });
    }
    const secret = this.reflector.get<boolean | undefined>(SECRET_ANSWER, context.getHandler()) ?? false;
    const fingerprint = sha256Hex(canonical([request.method, request.url, request.body ?? null]));
    const keyed: KeyedRequest = { callerId: principal.id, key, fingerprint, freshId, secret };
    return of(await this.answer(keyed, request, http.getResponse<FastifyReply>(), next));
  }

  private async answer(keyed: KeyedRequest, request: FastifyRequest, reply: FastifyReply, next: CallHandler) {
    const begun = await this.idempotency.begin(keyed);
    if (begun.kind === 'replay') {
      void reply.header('idempotency-replayed', 'true');
      return begun.answer;
    }
    request.reservedId = begun.reservedId;
    try {
      const answer: unknown = await lastValueFrom(next.handle());
      return await this.idempotency.finish(keyed, begun.reservedId, answer);
    } catch (error) {
      const refused = error instanceof Problem && error.status < 500;
      // A secret that was not delivered is worth nothing: the next try makes another.
      if (begun.first && (refused || keyed.secret)) await this.idempotency.giveUp(keyed);
      throw error;
    }
  }
}
