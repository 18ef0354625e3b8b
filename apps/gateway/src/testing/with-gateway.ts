/** A gateway on real servers for a spec file, with an outbox of three lines beside it, and every answer held against the API document. */

import { AUDIENCE, LOCAL_ISSUER, TOKEN_ALGORITHM, TOKEN_TYPE, type Role } from '@tokenos/contracts/api/auth';
import { factSubject } from '@tokenos/contracts/subjects';
import { openService, type RunningService } from '@tokenos/runtime/service/open-service';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters } from 'jose';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayService } from '../service.js';
import { answerChecker, type CheckAnswer } from './answer-checker.js';

export const MINT = 'So11111111111111111111111111111111111111112';
export const TREASURY = '4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T';
export const HELIUS = 'a-shared-secret-of-helius';

interface Servers {
  readonly postgres: { freshDatabase(): Promise<string> };
  readonly nats: { url(): string };
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where the answer is JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  readonly token?: string | null;
  readonly json?: unknown;
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TokenOptions {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey | Uint8Array;
}

export class TestGateway {
  service!: RunningService;
  /** `GET /v1/...`, as Fastify knows them; the runtime's own health checks are not among them. */
  readonly routes: string[] = [];
  private key!: CryptoKey;
  private directory!: string;
  private check!: CheckAnswer;
  private readonly stop = new AbortController();
  private outbox: Promise<void> = Promise.resolve();

  async open({ postgres, nats }: Servers, env: Readonly<Record<string, string>>): Promise<void> {
    const pair = await generateKeyPair(TOKEN_ALGORITHM, { extractable: true });
    this.key = pair.privateKey;
    this.directory = await mkdtemp(join(tmpdir(), 'tokenos-gateway-'));
    const file = join(this.directory, 'jwks.json');
    await writeFile(file, JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'test' }] }));
    this.service = await openService(this.listed(), {
      DATABASE_URL: await postgres.freshDatabase(),
      NATS_URL: nats.url(),
      LOG_LEVEL: 'fatal',
      MODE: 'local',
      JWKS_FILE: file,
      TREASURY_WALLET: TREASURY,
      USDC_MINT: MINT,
      HELIUS_AUTHORIZATION: HELIUS,
      ...env,
    });
    this.outbox = this.publishFacts();
    const document = await fetch(`${this.service.url}/openapi.json`);
    this.check = answerChecker((await document.json()) as never);
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.outbox;
    await this.service.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  get url(): string {
    return this.service.url;
  }

  token(id: string, roles: readonly Role[], { header, claims, key }: TokenOptions = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: LOCAL_ISSUER, aud: AUDIENCE, sub: id, roles: [...roles], iat: now, exp: now + 600, ...claims };
    const protectedHeader = { alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: 'test', ...header };
    return new SignJWT(all).setProtectedHeader(protectedHeader).sign(key ?? this.key);
  }

  /** `json` is sent as a JSON body. Fails the test where the answer is not what the API document says. */
  async call(method: string, path: string, { token, json, raw, headers }: CallOptions = {}): Promise<Called> {
    const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token == null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true && !text.includes('}\n{');
    const called = { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : {} };
    this.check(method, path, called);
    return called;
  }

  /** How many facts there are in all. */
  async facts(): Promise<number> {
    return (await this.service.resources.store.readAll(null, 10_000)).length;
  }

  private listed(): typeof gatewayService {
    const configure: typeof gatewayService.configure = async (app, config) => {
      app
        .getHttpAdapter()
        .getInstance()
        .addHook('onRoute', ({ method, url }) => {
          this.routes.push(...[method].flat().map((name) => `${name} ${url}`));
        });
      await gatewayService.configure(app, config);
    };
    return { ...gatewayService, configure };
  }

  private async publishFacts(): Promise<void> {
    const { store, bus } = this.service.resources;
    for await (const { envelope } of store.subscribe(null, this.stop.signal)) {
      const subject = factSubject(envelope.stream, envelope.type);
      await bus.jetstream.publish(subject, JSON.stringify(envelope), { msgID: envelope.id });
    }
  }
}

/** Call it in a describe block. The servers are asked for in here, because jest runs after-hooks in the order in which they are defined. */
export function withGateway(servers: () => Servers, env: Readonly<Record<string, string>> = {}): TestGateway {
  const gateway = new TestGateway();
  afterAll(() => gateway.close(), 30_000);
  const standing = servers();
  beforeAll(() => gateway.open(standing, env), 60_000);
  return gateway;
}
