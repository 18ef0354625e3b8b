/** The way in for those who know only the address; the API document, and Swagger UI to browse it: its files come from the package, no script from elsewhere. */

import { Controller, Get, Header, Headers, Inject, Param, Res } from '@nestjs/common';
import { CONFIG } from '@tokenos/runtime/service/tokens';
import type { FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import swaggerUiPath from 'swagger-ui-dist/absolute-path.js';
import { z } from 'zod';
import { Public } from '../auth/access.js';
import type { GatewayConfig } from '../config.js';
import { preferred } from '../edge/accepts.js';
import { Describe } from '../edge/describe.js';
import { shape } from '../edge/shape.js';
import { API_ROUTES } from '../tokens.js';
import { openApiDocument } from './document.js';
import type { DeclaredRoute } from './routes.js';

const PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>TokenOS API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"><div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', deepLinking: true, validatorUrl: null });\n`;

const entrance = z.strictObject({ name: z.string(), docs: z.string(), openapi: z.string() });
const ENTRANCE: z.infer<typeof entrance> = { name: 'TokenOS', docs: '/docs', openapi: '/openapi.json' };
const ENTRANCE_PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>TokenOS</title>
<p>TokenOS rents GPUs by the minute. <a href="/docs">How to call it</a>, <a href="/openapi.json">the same for machines</a>.</p></html>
`;

const assetPath = z.strictObject({ file: z.enum(['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js']) });

@Controller()
@Public()
export class DocsController {
  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(API_ROUTES) private readonly routes: () => readonly DeclaredRoute[],
  ) {}

  @Get()
  @Describe({
    summary: 'Where to read on',
    answers: { 200: { description: 'Two addresses', schema: entrance, alsoAs: ['text/html'] } },
  })
  root(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    if (preferred(accept, ['application/json', 'text/html']) === 'application/json') return ENTRANCE;
    void reply.type('text/html; charset=utf-8');
    return ENTRANCE_PAGE;
  }

  @Get('openapi.json')
  @Describe({
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
  })
  document() {
    return openApiDocument(this.routes(), this.config.PUBLIC_URL ?? '/');
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Describe({ summary: 'This document, to browse', answers: { 200: { description: 'A page', alsoAs: ['text/html'] } } })
  page(): string {
    return PAGE;
  }

  @Get('docs/:file')
  @Describe({
    summary: 'What the page is made of',
    answers: { 200: { description: 'A file', alsoAs: ['text/css', 'text/javascript'] } },
  })
  async asset(
    @Param(shape(assetPath)) { file }: z.output<typeof assetPath>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    void reply
      .type(file.endsWith('.css') ? 'text/css' : 'text/javascript')
      .header('cache-control', 'public, max-age=86400');
    return file === 'start.js' ? START : readFile(join(swaggerUiPath(), file), 'utf8');
  }
}
