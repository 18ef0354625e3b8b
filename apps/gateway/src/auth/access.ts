/** Who may call a route, said on the route: one that says nothing is refused. */

import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Role } from '@tokenos/contracts/api/auth';
import type { FastifyRequest } from 'fastify';

export interface Principal {
  /** The buyer's or operator's id. */
  readonly id: string;
  readonly roles: readonly Role[];
}

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
    /** The id of what this request makes; the same again when the request is repeated with its Idempotency-Key. */
    reservedId?: string;
  }
}

export type Access = { readonly kind: 'public' } | { readonly kind: 'roles'; readonly roles: readonly Role[] };

export const ACCESS = 'tokenos:access';

export const Public = () => SetMetadata<string, Access>(ACCESS, { kind: 'public' });
export const Roles = (...roles: Role[]) => SetMetadata<string, Access>(ACCESS, { kind: 'roles', roles });

const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();

/** The id of the buyer or operator who calls. */
export const CallerId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { principal } = requestOf(context);
  if (principal === undefined) throw new Error('a route with a caller must name its roles');
  return principal.id;
});

export const ReservedId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { reservedId } = requestOf(context);
  if (reservedId === undefined) throw new Error('only a POST has a reserved id');
  return reservedId;
});
