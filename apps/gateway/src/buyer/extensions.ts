/** Offers more minutes on the machine a rental has, at an amount that means this extension and nothing else. */

import { Inject } from '@nestjs/common';
import { both } from '@tokenos/contracts/api/money';
import type { ExtensionOffered } from '@tokenos/contracts/api/rental-course';
import { ZERO, type MicroUsdc } from '@tokenos/domain/money';
import { rentalDecider } from '@tokenos/domain/rental/decider';
import type { ExtensionQuoted } from '@tokenos/domain/rental/extension';
import { runOf } from '@tokenos/domain/rental/state';
import { MINUTE } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { CLOCK, HANDLE } from '@tokenos/runtime/service/tokens';
import type { Entropy } from '../entropy.js';
import { refusal } from '../problem/problem.js';
import { rentals } from '../streams.js';
import { ENTROPY } from '../tokens.js';
import { OwnRentals } from './own-rentals.js';
import { QuoteAmounts } from './quote-amounts.js';
import { instant, type KnownRental } from './rental-answers.js';
import { extensionPaymentOf } from './solana-pay.js';

interface Asked {
  readonly rentalId: string;
  readonly extensionId: string;
  readonly minutes: number;
}

export class Extensions {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ENTROPY) private readonly entropy: Entropy,
    @Inject(OwnRentals) private readonly own: OwnRentals,
    @Inject(QuoteAmounts) private readonly amounts: QuoteAmounts,
  ) {}

  /** Safe to repeat with the same id: an offer that was appended is kept. */
  async offer(buyerId: string, asked: Asked): Promise<ExtensionOffered> {
    const { state } = await this.own.find(buyerId, asked.rentalId);
    const offered = offerOf(state, asked.extensionId);
    if (offered !== null) return offered;
    const surplusMicroUsdc = await this.amounts.reserve(buyerId, asked.rentalId, this.priceOf(state, asked));
    const reference = this.entropy.reference();
    const handled = await this.act.handle(rentals, asked.rentalId, (at) => ({
      ...{ type: 'QuoteExtension', at, reference, surplusMicroUsdc },
      ...{ extensionId: asked.extensionId, minutes: asked.minutes },
    }));
    if (handled.kind === 'rejected') throw refusal(handled.rejection, pointerOf(handled.rejection.code));
    const answer = offerOf((await this.own.find(buyerId, asked.rentalId)).state, asked.extensionId);
    if (answer === null) throw new Error(`extension ${asked.extensionId} was appended and is not there`);
    return answer;
  }

  /** What the rules ask for it, before an amount is taken for it. Throws their refusal. */
  private priceOf(state: KnownRental, { extensionId, minutes }: Asked): MicroUsdc {
    const command = { type: 'QuoteExtension', at: this.clock.now(), extensionId, minutes, reference: '' } as const;
    const outcome = rentalDecider.decide(state, { ...command, surplusMicroUsdc: ZERO });
    if (outcome.kind === 'rejected') throw refusal(outcome.rejection, pointerOf(outcome.rejection.code));
    const [fact] = outcome.kind === 'accepted' ? outcome.facts : [];
    return fact?.type === 'ExtensionQuoted' ? fact.data.priceMicroUsdc : ZERO;
  }
}

/** Of the body of this call, which has one field. */
const pointerOf = (code: string): string | undefined =>
  code === 'bad_duration' || code === 'bad_reserved_term' ? '/minutes' : undefined;

function offerOf(state: KnownRental, extensionId: string): ExtensionOffered | null {
  const quoted = state.rental.extensions.find((extension) => extension.extensionId === extensionId);
  const run = runOf(state);
  if (quoted === undefined || run === null) return null;
  return {
    ...{ extensionId, rentalId: state.rental.rentalId, minutes: quoted.minutes, tierBps: quoted.tierBps },
    ...amountsOf(quoted),
    payment: extensionPaymentOf(state.rental, quoted),
    endsAt: instant(quoted.extended ? run.endsAt : run.endsAt + quoted.minutes * MINUTE),
  };
}

const amountsOf = (quoted: ExtensionQuoted) => ({
  ...both('ratePerGpuHour', quoted.rateMicroUsdcPerHour),
  ...both('price', quoted.priceMicroUsdc),
  ...both('surplus', quoted.surplusMicroUsdc),
  ...both('total', quoted.totalMicroUsdc),
});
