/** The platform's front door as an outsider sees it: fetch and a bearer token, nothing else. */

import type { Access } from '@tokenos/contracts/api/access';
import type { offers } from '@tokenos/contracts/api/public';
import type { RentalDetail } from '@tokenos/contracts/api/rental';
import type { RentalRequestedAnswer } from '@tokenos/contracts/api/rental-request';
import type { enrolmentToken } from '@tokenos/contracts/api/operator';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';

const RETRY_MS = 250;

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** The answer was not what was hoped for; `problem` is its problem+json. */
export class Refused extends Error {
  constructor(
    readonly call: string,
    readonly status: number,
    readonly problem: unknown,
  ) {
    super(`${call}: ${status} ${JSON.stringify(problem)}`);
    this.name = 'Refused';
  }
}

export class Api {
  /** `patienceMs`: how long a call is repeated, under one key, while nobody answers or the answer is a fault of the platform's. */
  constructor(
    readonly url: string,
    private readonly token: string | null = null,
    private readonly patienceMs = 0,
  ) {}

  /** Any status is an answer. */
  async ask<Body = unknown>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    const key = randomUUID();
    for (const until = performance.now() + this.patienceMs; ; await sleep(RETRY_MS)) {
      const isLast = performance.now() >= until;
      try {
        const answer = await this.askOnce<Body>(key, method, path, body);
        if (answer.status < 500 || isLast) return answer;
      } catch (error) {
        if (isLast) throw error;
      }
    }
  }

  private async askOnce<Body>(key: string, method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': key } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body };
  }

  private async expect<Body>(wanted: number, method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.ask<Body>(method, path, body);
    if (answer.status !== wanted) throw new Refused(`${method} ${path}`, answer.status, answer.body);
    return answer.body;
  }

  offers(): Promise<z.infer<typeof offers>> {
    return this.expect(200, 'GET', '/v1/public/offers');
  }

  becomeOperator(payoutWallet: string): Promise<unknown> {
    return this.expect(200, 'POST', '/v1/operator', { payoutWallet });
  }

  enrolmentToken(hourlyPrice: string): Promise<z.infer<typeof enrolmentToken>> {
    return this.expect(201, 'POST', '/v1/operator/nodes', { hourlyPrice });
  }

  request(body: Readonly<Record<string, unknown>>): Promise<RentalRequestedAnswer> {
    return this.expect(201, 'POST', '/v1/buyer/compute/requests', body);
  }

  /** Held by the platform until the machine is ready. */
  access(rentalId: string): Promise<Access> {
    return this.expect(200, 'GET', `/v1/buyer/rentals/${rentalId}/access?wait=60`);
  }

  rental(rentalId: string): Promise<RentalDetail> {
    return this.expect(200, 'GET', `/v1/buyer/rentals/${rentalId}`);
  }

  stop(rentalId: string): Promise<RentalDetail> {
    return this.expect(200, 'POST', `/v1/buyer/rentals/${rentalId}/stop`);
  }
}
