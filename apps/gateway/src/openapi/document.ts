/** The OpenAPI 3.1 document: what the routes declare, with every schema made from the one that checks it. */

import { problem } from '@tokenos/contracts/api/problem';
import { healthReport } from '@tokenos/contracts/api/public';
import { EXPORT_MEDIA_TYPE } from '@tokenos/contracts/export/export-line';
import { z } from 'zod';
import type { Access } from '../auth/access.js';
import type { Answer } from '../edge/describe.js';
import { edgeProblems, type EdgeCode } from '../problem/edge-codes.js';
import type { DeclaredRoute } from './routes.js';

type Json = Record<string, unknown>;

const schema = (shape: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(shape, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  return rest;
};

/** Refusals of the guard, the parser and the limiter, on top of what a route says of itself. */
function problemsOf({ access, body, params, description }: DeclaredRoute): EdgeCode[] {
  return [
    ...(description?.problems ?? []),
    ...(access?.kind === 'roles' ? (['unauthenticated', 'forbidden'] as const) : []),
    ...(body === null
      ? []
      : (['malformed_json', 'invalid_request', 'payload_too_large', 'unsupported_media_type'] as const)),
    ...(params === null ? [] : (['not_found'] as const)),
    'rate_limited',
  ];
}

export function openApiDocument(routes: readonly DeclaredRoute[], serverUrl: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'TokenOS',
      version: '1',
      description:
        'Rent GPU compute by the minute: ask, pay USDC on Solana, log in by ssh. ' +
        'Errors are RFC 9457 problem+json. Money is a decimal string of USDC beside the integer micro-USDC.',
    },
    servers: [{ url: serverUrl }],
    paths: { ...paths, ...healthPaths },
    components: {
      schemas: { Problem: schema(problem, 'output') },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function operation(route: DeclaredRoute): Json {
  const { access, description, body, name, path } = route;
  return {
    operationId: name,
    summary: description?.summary,
    tags: [tagOf(path)],
    security: access?.kind === 'roles' ? [{ bearer: [] }] : [],
    ...rolesOf(access),
    parameters: parametersOf(route),
    ...(body === null
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schema(body, 'input') } } } }),
    responses: { ...answersOf(route), ...refusalsOf(route), default: refusalResponse('Any other refusal or failure') },
  };
}

const tagOf = (path: string): string => /^\/v1\/(\w+)/.exec(path)?.[1] ?? 'platform';

const rolesOf = (access: Access | undefined): Json => (access?.kind === 'roles' ? { 'x-roles': access.roles } : {});

function parametersOf({ params, query, method, access }: DeclaredRoute): Json[] {
  const idempotencyKey = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Same key and same request: same answer, for good.',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  };
  const keyed = method === 'post' && access?.kind === 'roles';
  return [...fieldsOf(params, 'path'), ...fieldsOf(query, 'query'), ...(keyed ? [idempotencyKey] : [])];
}

function fieldsOf(shape: z.ZodType | null, where: 'path' | 'query'): Json[] {
  if (shape === null) return [];
  const { properties = {}, required = [] } = schema(shape, 'input') as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: value,
  }));
}

function answersOf({ description }: DeclaredRoute): Json {
  return Object.fromEntries(
    Object.entries(description?.answers ?? {}).map(([status, answer]) => {
      const json =
        answer.schema === undefined ? {} : { 'application/json': { schema: schema(answer.schema, 'output') } };
      const others = (answer.alsoAs ?? []).map((type) => [type, { schema: { type: 'string' } }] as const);
      const content = { ...json, ...Object.fromEntries(others), ...linesOf(answer) };
      const withContent = Object.keys(content).length === 0 ? {} : { content };
      return [status, { description: answer.description, ...withContent }];
    }),
  );
}

/** OpenAPI 3.1 knows no answer that is many values: the shape of one line stands beside that of the text. */
const linesOf = ({ lines }: Answer): Json =>
  lines === undefined
    ? {}
    : {
        [EXPORT_MEDIA_TYPE]: {
          schema: { type: 'string', description: 'one JSON value a line, each as x-each-line says' },
          example: lines.example,
          'x-each-line': schema(lines.each, 'output'),
        },
      };

function refusalsOf(route: DeclaredRoute): Json {
  const codes = [...new Set(problemsOf(route))];
  const codesOf = (status: number): string => codes.filter((code) => edgeProblems[code].status === status).join(', ');
  const statuses = codes.map((code) => edgeProblems[code].status);
  return Object.fromEntries(statuses.map((status) => [status, refusalResponse(codesOf(status))]));
}

const refusalResponse = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** The runtime serves these beside Nest. */
const health = (name: string, summary: string): Json => {
  const content = { 'application/json': { schema: schema(healthReport, 'output') } };
  const responses = { 200: { description: 'Yes', content }, 503: { description: 'No, and why', content } };
  return { get: { operationId: name, summary, tags: ['platform'], security: [], responses } };
};
const healthPaths: Json = {
  '/healthz': health('healthz', 'Alive? With every counter'),
  '/readyz': health('readyz', 'Fit to take work?'),
};
