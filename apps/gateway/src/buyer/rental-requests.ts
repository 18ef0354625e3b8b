/** Takes a request: judges the terms, finds what it would cost now, makes the amount unique, and appends the quote. */

import { Inject } from '@nestjs/common';
import type { MicroUsdc } from '@tokenos/domain/money';
import type { Readiness, RentalRequestBody, RentalRequestedAnswer } from '@tokenos/contracts/api/rental-request';
import { price } from '@tokenos/domain/pricing/pricing';
import { DEFAULT_FEE_BPS, TIER_BPS } from '@tokenos/domain/pricing/rate-sheet';
import type { Rental } from '@tokenos/domain/rental/state';
import type { Handler } from '@tokenos/runtime/handle';
import { CONFIG, HANDLE } from '@tokenos/runtime/service/tokens';
import type { GatewayConfig } from '../config.js';
import type { Entropy } from '../entropy.js';
import { refusal } from '../problem/problem.js';
import { rentals } from '../streams.js';
import { ENTROPY } from '../tokens.js';
import { Machines } from '../view/machines.js';
import { linksOf } from './links.js';
import { QuoteAmounts } from './quote-amounts.js';
import { quoteOf } from './rental-answers.js';
import { paymentOf } from './solana-pay.js';
import { credentialCommand, readSshKeys } from './ssh-keys.js';
import { prospectsOf, queued, type Asked } from './readiness.js';
import { assertSellable, NO_CAP, statedCap, termsOf, type AskedTerms } from './terms.js';

export class RentalRequests {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(ENTROPY) private readonly entropy: Entropy,
    @Inject(Machines) private readonly machines: Machines,
    @Inject(QuoteAmounts) private readonly amounts: QuoteAmounts,
  ) {}

  /** Safe to repeat with the same id: what an earlier try appended is kept, what it did not reach is done. */
  async request(buyerId: string, rentalId: string, body: RentalRequestBody): Promise<RentalRequestedAnswer> {
    const terms = termsOf(body);
    const keys = readSshKeys(body.sshPublicKeys ?? []);
    assertSellable(terms, statedCap(body) ?? NO_CAP);
    const { state: before } = await this.act.load(rentals, rentalId);
    const asked: Asked = {
      terms,
      cap: statedCap(body),
      allowQueue: body.allowQueue,
      spotReserve: this.config.SPOT_RESERVE,
    };
    const prospects = prospectsOf(asked, await this.machines.candidates(rentalId));
    if (before.status === 'absent') {
      if (prospects.kind === 'refused') throw prospects.problem;
      await this.append(buyerId, rentalId, terms, prospects.rateMicroUsdcPerHour, asked.cap);
    }
    // Ended or expired since the first try: then nobody needs the keys any more, and the answer says how it stands.
    if (keys.length > 0) await this.act.handle(rentals, rentalId, (at) => credentialCommand(rentalId, keys, at));
    const { state } = await this.act.load(rentals, rentalId);
    if (state.status === 'absent') throw new Error(`rental ${rentalId} was appended and is not there`);
    // An earlier try took it, and since then the market has changed: it waits for what comes.
    const ready = prospects.kind === 'served' ? prospects.ready : queued(terms.maxWaitMs);
    return this.answer(state.rental, state.status, ready);
  }

  /** The cap of the quote is the buyer's own, or the rate of the machine that placement would choose now. */
  private async append(buyerId: string, rentalId: string, terms: AskedTerms, rate: MicroUsdc, cap: MicroUsdc | null) {
    const capMicroUsdcPerHour = cap ?? rate;
    const { gpuCount, minutes, tier } = terms;
    const asked = { rateMicroUsdcPerHour: capMicroUsdcPerHour, tierBps: TIER_BPS[tier], gpuCount, minutes };
    const surplusMicroUsdc = await this.amounts.reserve(buyerId, rentalId, price(asked));
    const { USDC_MINT: mint, TREASURY_WALLET: treasury } = this.config;
    const payment = { mint, treasury, reference: this.entropy.reference(), refundTo: null };
    const handled = await this.act.handle(rentals, rentalId, (at) => ({
      type: 'RequestRental',
      at,
      rentalId,
      buyerId,
      terms,
      capMicroUsdcPerHour,
      surplusMicroUsdc,
      feeBps: DEFAULT_FEE_BPS,
      payment,
    }));
    // Its twin was faster: the amount reserved here frees itself.
    if (handled.kind === 'rejected' && handled.rejection.code !== 'rental_exists') throw refusal(handled.rejection);
  }

  private answer(rental: Rental, state: RentalRequestedAnswer['state'], ready: Readiness): RentalRequestedAnswer {
    return {
      rentalId: rental.rentalId,
      state,
      quote: quoteOf(rental),
      payment: paymentOf(rental),
      ready,
      links: linksOf(rental.rentalId, this.config.PUBLIC_URL),
    };
  }
}
