/** Every route as its controller declares it: address, access, what goes in (read from the very pipes that check it), what comes out. */

import { RequestMethod, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ACCESS, type Access } from '../auth/access.js';
import { DESCRIPTION, type Description } from '../edge/describe.js';
import { Shape } from '../edge/shape.js';
import type { z } from 'zod';

export interface DeclaredRoute {
  /** Lower case. */
  readonly method: string;
  /** `/v1/buyer/rentals/:rentalId` */
  readonly path: string;
  readonly name: string;
  /** Undeclared: the guard refuses it. */
  readonly access: Access | undefined;
  readonly description: Description | undefined;
  /** What Nest answers with unless told otherwise. */
  readonly status: number;
  readonly body: z.ZodType | null;
  readonly query: z.ZodType | null;
  readonly params: z.ZodType | null;
}

/** Nest's RouteParamtypes, which it does not export in a stable place: body, query, param. */
const KINDS = { body: 3, query: 4, param: 5 } as const;

type Handler = (...args: never) => unknown;

export function routesOf(controllers: readonly Type[]): DeclaredRoute[] {
  return controllers.flatMap((controller) => {
    const prototype = controller.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      const method =
        typeof handler === 'function' ? (about(METHOD_METADATA, handler) as RequestMethod | undefined) : undefined;
      return method === undefined ? [] : [route(controller, name, handler as Handler, method)];
    });
  });
}

function route(controller: Type, name: string, handler: Handler, method: RequestMethod): DeclaredRoute {
  const parts = [
    about(PATH_METADATA, controller) as string | undefined,
    about(PATH_METADATA, handler) as string | undefined,
  ];
  const path = parts.flatMap((part) => (part ?? '').split('/')).filter((part) => part !== '');
  return {
    method: RequestMethod[method].toLowerCase(),
    path: `/${path.join('/')}`,
    name: `${controller.name.replace(/Controller$/, '')}_${name}`,
    access: (about(ACCESS, handler) as Access | undefined) ?? (about(ACCESS, controller) as Access | undefined),
    description: about(DESCRIPTION, handler) as Description | undefined,
    status: (about(HTTP_CODE_METADATA, handler) as number | undefined) ?? (method === RequestMethod.POST ? 201 : 200),
    body: schemaOf(controller, name, 'body'),
    query: schemaOf(controller, name, 'query'),
    params: schemaOf(controller, name, 'param'),
  };
}

function schemaOf(controller: Type, name: string, kind: keyof typeof KINDS): z.ZodType | null {
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as
    Record<string, { pipes?: unknown[] }> | undefined;
  for (const [key, { pipes = [] }] of Object.entries(args ?? {})) {
    if (!key.startsWith(`${KINDS[kind]}:`)) continue;
    for (const pipe of pipes) if (pipe instanceof Shape) return pipe.schema as z.ZodType;
  }
  return null;
}

const about = (key: string, target: object): unknown => Reflect.getMetadata(key, target);
