/** A buyer's rentals: list, detail, stop, receipt, and the facts themselves. */

import { Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import {
  pageQuery,
  receipt,
  rentalDetail,
  rentalFactsAnswer,
  rentalList,
  type PageQuery,
} from '@tokenos/contracts/api/rental';
import { placementOf } from '@tokenos/domain/rental/state';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { CLOCK, CONFIG, HANDLE } from '@tokenos/runtime/service/tokens';
import { streamName } from '@tokenos/runtime/stream-kind';
import type { FastifyReply } from 'fastify';
import { CallerId, Roles } from '../auth/access.js';
import { Footprints } from '../carbon/footprints.js';
import type { GatewayConfig } from '../config.js';
import { LeaseEnds } from '../agents/lease-ends.js';
import { preferred } from '../edge/accepts.js';
import { Describe } from '../edge/describe.js';
import { rentalPath, type RentalPath } from '../edge/paths.js';
import { shape } from '../edge/shape.js';
import { refusal } from '../problem/problem.js';
import { rentals } from '../streams.js';
import { Machines } from '../view/machines.js';
import { linksOf } from './links.js';
import { OwnRentals, type FoundRental } from './own-rentals.js';
import { receiptPage } from './receipt-page.js';
import { receiptOf } from './receipt.js';
import { detailOf, summaryOf, type KnownRental, type Placed } from './rental-answers.js';

@Controller('v1/buyer/rentals')
@Roles('buyer')
export class RentalsController {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(OwnRentals) private readonly own: OwnRentals,
    @Inject(Machines) private readonly machines: Machines,
    @Inject(Footprints) private readonly footprints: Footprints,
    @Inject(LeaseEnds) private readonly ends: LeaseEnds,
  ) {}

  @Get()
  @Describe({
    summary: 'Your rentals, newest first',
    answers: { 200: { description: 'One page', schema: rentalList } },
  })
  async list(@CallerId() buyerId: string, @Query(shape(pageQuery)) { cursor, limit }: PageQuery) {
    const { ids, next } = await this.own.page(buyerId, cursor, limit);
    const found = await Promise.all(ids.map((rentalId) => this.own.find(buyerId, rentalId)));
    return { items: found.map(({ state }) => summaryOf(state, this.links(state.rental.rentalId))), next };
  }

  @Get(':rentalId')
  @Describe({
    summary: 'One rental: state, timeline, cost so far, payment, placement, settlement',
    answers: { 200: { description: 'As it stands', schema: rentalDetail } },
  })
  async detail(@CallerId() buyerId: string, @Param(shape(rentalPath)) { rentalId }: RentalPath) {
    return this.told(await this.own.find(buyerId, rentalId));
  }

  @Post(':rentalId/stop')
  @HttpCode(200)
  @Describe({
    summary: 'Stop it now: what was not used comes back by itself',
    answers: { 200: { description: 'Ended (now or before)', schema: rentalDetail } },
  })
  async stop(@CallerId() buyerId: string, @Param(shape(rentalPath)) { rentalId }: RentalPath) {
    await this.own.find(buyerId, rentalId);
    const handled = await this.act.handle(rentals, rentalId, (at) => ({ type: 'StopRental', at }));
    if (handled.kind === 'rejected') throw refusal(handled.rejection);
    await this.ends.tell(rentalId);
    return this.told(await this.own.find(buyerId, rentalId));
  }

  @Get(':rentalId/receipt')
  @Describe({
    summary: 'Itemised receipt, as JSON or as a page to print',
    answers: {
      200: { description: 'What was served, paid, charged, refunded', schema: receipt, alsoAs: ['text/html'] },
    },
  })
  async receipt(
    @CallerId() buyerId: string,
    @Param(shape(rentalPath)) { rentalId }: RentalPath,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { state } = await this.own.find(buyerId, rentalId);
    const node = await this.nodeOf(state);
    const answer = receiptOf(state, {
      simulated: node?.simulated ?? false,
      carbon: await this.footprints.of(state),
      issuedAt: this.clock.now(),
    });
    if (preferred(accept, ['application/json', 'text/html']) === 'application/json') return answer;
    void reply.type('text/html; charset=utf-8');
    return receiptPage(answer);
  }

  @Get(':rentalId/facts')
  @Describe({
    summary: "The rental's own stream: every fact with its hash, as JSON or as one JSON line each",
    answers: {
      200: { description: 'In order', schema: rentalFactsAnswer, alsoAs: ['application/x-ndjson'] },
    },
  })
  async facts(
    @CallerId() buyerId: string,
    @Param(shape(rentalPath)) { rentalId }: RentalPath,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { envelopes } = await this.own.find(buyerId, rentalId);
    const json = preferred(accept, ['application/json', 'application/x-ndjson']) === 'application/json';
    if (json) return { stream: streamName('rental', rentalId), facts: envelopes };
    void reply.type('application/x-ndjson');
    return envelopes.map((envelope) => `${JSON.stringify(envelope)}\n`).join('');
  }

  private async told({ state, envelopes }: FoundRental) {
    const [node, carbon] = await Promise.all([this.nodeOf(state), this.footprints.of(state)]);
    return detailOf(state, { envelopes, node, carbon, links: this.links(state.rental.rentalId) });
  }

  private async nodeOf(state: KnownRental): Promise<Placed | null> {
    const nodeId = placementOf(state)?.nodeId;
    return nodeId === undefined ? null : ((await this.machines.find(nodeId)) ?? null);
  }

  private links(rentalId: string) {
    return linksOf(rentalId, this.config.PUBLIC_URL);
  }
}
