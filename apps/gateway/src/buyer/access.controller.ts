/** Getting in: where ssh must go, as soon as the machine is ready; and a key for those who bring none. */

import { Controller, Get, Headers, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { usernameFor } from '@tokenos/contracts/agent/username';
import { access, accessQuery, mintedKey, starting } from '@tokenos/contracts/api/access';
import type { Handler } from '@tokenos/runtime/handle';
import { CONFIG, HANDLE } from '@tokenos/runtime/service/tokens';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { CallerId, Roles } from '../auth/access.js';
import type { GatewayConfig } from '../config.js';
import { preferred } from '../edge/accepts.js';
import { Describe } from '../edge/describe.js';
import { rentalPath, type RentalPath } from '../edge/paths.js';
import { shape } from '../edge/shape.js';
import type { Entropy } from '../entropy.js';
import { SecretAnswer } from '../idempotency/idempotency.interceptor.js';
import { problemOf, refusal } from '../problem/problem.js';
import { rentals } from '../streams.js';
import { ENTROPY } from '../tokens.js';
import { accessOf } from './access-answer.js';
import { linksOf } from './links.js';
import { OwnRentals } from './own-rentals.js';
import { credentialCommand, readSshKey } from './ssh-keys.js';
import { WaitingRoom } from './waiting-room.js';

const RETRY_SECONDS = 2;
const PEM = 'application/x-pem-file';

@Controller('v1/buyer/rentals/:rentalId/access')
@Roles('buyer')
export class AccessController {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(ENTROPY) private readonly entropy: Entropy,
    @Inject(OwnRentals) private readonly own: OwnRentals,
    @Inject(WaitingRoom) private readonly room: WaitingRoom,
  ) {}

  @Get()
  @Describe({
    summary: 'How to log in, as soon as the machine is ready; ?wait=60 holds the answer until then',
    answers: {
      200: { description: 'Ready', schema: access },
      202: { description: 'Paid and starting; ask again, or wait', schema: starting },
    },
    problems: ['payment_required', 'rental_over', 'ssh_key_missing'],
  })
  async get(
    @CallerId() buyerId: string,
    @Param(shape(rentalPath)) { rentalId }: RentalPath,
    @Query(shape(accessQuery)) { wait }: z.output<typeof accessQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const hungUp = new AbortController();
    reply.raw.once('close', () => hungUp.abort());
    const answer = await this.room.accessWithin(buyerId, rentalId, wait * 1_000, hungUp.signal);
    switch (answer.kind) {
      case 'unpaid':
        throw problemOf('payment_required', { detail: answer.why });
      case 'over':
        throw problemOf('rental_over');
      case 'keyless':
        throw problemOf('ssh_key_missing');
      case 'starting':
        void reply.status(202).header('retry-after', String(RETRY_SECONDS));
        return { state: answer.state, retryAfterSeconds: RETRY_SECONDS };
      case 'open':
        return answer.access;
    }
  }

  @Post()
  @SecretAnswer()
  @Describe({
    summary: 'Mint a key: the private part is in this one answer and nowhere else; it replaces every earlier key',
    answers: { 201: { description: 'The new key', schema: mintedKey, alsoAs: [PEM] } },
    problems: ['rental_over', 'secret_already_delivered', 'idempotency_key_reused'],
  })
  async mint(
    @CallerId() buyerId: string,
    @Param(shape(rentalPath)) { rentalId }: RentalPath,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { state } = await this.own.find(buyerId, rentalId);
    if (accessOf(state).kind === 'over') throw problemOf('rental_over');
    const pair = this.entropy.sshKey();
    const key = readSshKey(pair.publicKey);
    if (key === null) throw new Error('minted a key that cannot be read');
    const handled = await this.act.handle(rentals, rentalId, (at) => credentialCommand(rentalId, [key], at));
    if (handled.kind === 'rejected') throw refusal(handled.rejection);
    void reply.header('cache-control', 'no-store');
    if (preferred(accept, ['application/json', PEM]) === PEM) {
      void reply.type(PEM);
      return pair.privateKey;
    }
    const links = { access: linksOf(rentalId, this.config.PUBLIC_URL).access };
    return { privateKey: pair.privateKey, ...key, username: usernameFor(rentalId), links };
  }
}
