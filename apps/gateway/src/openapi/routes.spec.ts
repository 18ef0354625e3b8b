import { controllers } from '../gateway.module.js';
import { edgeProblems } from '../problem/edge-codes.js';
import { openApiDocument } from './document.js';
import { routesOf } from './routes.js';

const routes = routesOf(controllers);
const named = routes.map((route) => [`${route.method} ${route.path}`, route] as const);

describe('every route', () => {
  it('is found', () => {
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toContain('post /v1/buyer/rentals/:rentalId/access');
    expect(routes.length).toBeGreaterThan(20);
  });

  it.each(named)('%s says who may call it', (_name, { access }) => {
    expect(access).toBeDefined();
  });

  it.each(named)('%s says what it is for and what it answers', (_name, { description }) => {
    expect(description?.summary).toMatch(/.{8}/);
    expect(Object.keys(description?.answers ?? {})).not.toHaveLength(0);
  });

  it.each(named.filter(([, { path }]) => path.includes(':')))('%s checks its parameters', (_name, { params }) => {
    expect(params).not.toBeNull();
  });

  it('is public only where anyone may know, or where another proof is asked for', () => {
    const open = routes.filter(({ access }) => access?.kind === 'public').map(({ path }) => path);
    expect(open.filter((path) => path.startsWith('/v1/')).sort()).toEqual([
      '/v1/buyer/meter',
      '/v1/operator/agent',
      '/v1/operator/agent/enrol',
      '/v1/public/anchors',
      '/v1/public/offers',
      '/v1/public/operators/:operatorId',
      '/v1/public/rates',
      '/v1/public/reputation/formula',
      '/v1/webhooks/helius',
    ]);
  });
});

describe('the API document', () => {
  const document = openApiDocument(routes, '/') as {
    paths: Record<string, Record<string, { operationId: string; responses: object; requestBody?: object }>>;
  };
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));

  it('names each operation once', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes bodies as they are sent, with what is optional left optional', () => {
    const request = JSON.stringify(document.paths['/v1/buyer/compute/requests']?.['post']?.requestBody);
    expect(request).toContain('"required":["gpuTier"]');
    expect(request).toContain('"additionalProperties":false');
    expect(request).toContain('"RTX4090"');
  });

  it('names the refusals that belong to a call', () => {
    const { responses } = document.paths['/v1/buyer/rentals/{rentalId}/access']!['get']!;
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(['200', '202', '401', '402', '403', '404', '409', '410']),
    );
  });

  it('has a status between 400 and 599 for every refusal of the door', () => {
    for (const { status } of Object.values(edgeProblems)) expect(status).toBeGreaterThanOrEqual(400);
  });
});
