/** Stands before every route: no declaration, no entry; a token for everything that is not public. */

import { Inject, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { TOKEN_VERIFIER } from '../tokens.js';
import { problemOf } from '../problem/problem.js';
import { ACCESS, type Access } from './access.js';
import { bearerOf, type TokenVerifier } from './token-verifier.js';

export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(TOKEN_VERIFIER) private readonly tokens: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === undefined) throw problemOf('forbidden');
    if (access.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = bearerOf(request.headers.authorization);
    if (token === null) throw problemOf('unauthenticated');
    const principal = await this.tokens.verify(token);
    if (!access.roles.some((role) => principal.roles.includes(role))) throw problemOf('forbidden');
    request.principal = principal;
    return true;
  }
}
