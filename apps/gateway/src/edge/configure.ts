/** What stands around every route: security headers, a limit per client, and how much a webhook may send. */

import rateLimit from '@fastify/rate-limit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { GatewayConfig } from '../config.js';
import { problemOf } from '../problem/problem.js';
import { HELIUS_PATH } from '../webhooks/helius.controller.js';
import { clientAddress } from './client-address.js';

/** Helius batches up to a hundred transactions. */
const WEBHOOK_BODY_BYTES = 4 * 1024 * 1024;

/** Swagger UI brings its own files and writes styles into its elements; nothing else runs here. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Forms and plain text would be parsed too, and a form needs no leave from a browser to be sent. */
const JSON_TYPE = /^application\/json\s*(;|$)/i;

export async function configure(app: NestFastifyApplication, config: GatewayConfig): Promise<void> {
  const http = app.getHttpAdapter().getInstance();
  http.addHook('onRequest', (request, reply, done) => {
    void reply.headers(SECURITY_HEADERS);
    const type = request.headers['content-type'];
    if (type === undefined || JSON_TYPE.test(type)) done();
    else done(problemOf('unsupported_media_type'));
  });
  http.addHook('onRoute', (route) => {
    if (route.path === HELIUS_PATH) route.bodyLimit = WEBHOOK_BODY_BYTES;
  });
  await http.register(rateLimit, {
    max: config.RATE_LIMIT_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: ({ raw }) => clientAddress(raw, config.TRUST_PROXY),
    errorResponseBuilder: (_request, { ttl }) =>
      problemOf('rate_limited', { headers: { 'retry-after': `${Math.ceil(ttl / 1000)}` } }),
  });
}
