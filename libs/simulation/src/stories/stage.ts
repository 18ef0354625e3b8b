/** Where a story is told: buyers with wallets, and what else happens, at a time or upon a fact. */

import { idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import { looksDue } from '@tokenos/settlement/duties';
import { SETTLES_WITHIN } from '../kernel/steady.js';
import type { Platform } from '../platform/platform.js';
import { address, uuid } from '../world/addresses.js';

/** Something that happened and that no fact says. */
export interface Event {
  readonly at: Millis;
  readonly what: string;
}

export interface Rent {
  /** Names the buyer, the wallet and the rental. */
  readonly number: number;
  readonly tier: Tier;
  readonly minutes: number;
  readonly gpuCount?: number;
  /** Five minutes unless said: who dies with a duty in hand holds it up for half a minute, and may do so twice. */
  readonly maxWaitMs?: Millis;
  readonly capMicroUsdcPerHour: bigint;
  /** From now to the request. */
  readonly asksAfter?: Millis;
  /** From the answer to the transfer. */
  readonly paysAfter?: Millis;
  /** Its block is dropped so long after it. */
  readonly vanishesAfter?: Millis;
}

type FactOf<Type extends RentalFact['type']> = Extract<RentalFact, { type: Type }>;

export const rentalId = (number: number): string => uuid('a', number);
export const machineId = (number: number): string => uuid('c', number);
export const buyerWallet = (number: number): string => address(`Buyer${number}x`);

/** How long a webhook takes to say that somebody paid. */
const HINT_AFTER: Millis = SECOND;

export class Stage {
  readonly events: Event[] = [];
  /** Rentals that were asked for. */
  readonly rentals: string[] = [];

  constructor(readonly platform: Platform) {}

  get now(): Millis {
    return this.platform.timeline.now();
  }

  happens(what: string): void {
    this.events.push({ at: this.now, what });
  }

  after(delay: Millis, step: () => void | Promise<void>): void {
    this.platform.timeline.after(delay, step);
  }

  /** Once: at the moment when the rental's first such fact is appended. */
  when<Type extends RentalFact['type']>(rental: number, type: Type, step: (data: FactOf<Type>['data']) => void): void {
    let isOver = false;
    this.platform.onFact((envelope) => {
      if (isOver || !isOf(envelope, rentalId(rental), type)) return;
      isOver = true;
      const fact = rentalStream.decode(envelope);
      if (fact.type === type) step(fact.data as FactOf<Type>['data']);
    });
  }

  rent({ number, tier, minutes, asksAfter = 0, paysAfter = 5 * SECOND, vanishesAfter, ...rest }: Rent): void {
    const { door, chain } = this.platform;
    const asked = {
      maxWaitMs: 5 * MINUTE,
      ...rest,
      tier,
      minutes,
      rentalId: rentalId(number),
      buyer: `buyer-${number}`,
    };
    this.rentals.push(asked.rentalId);
    this.after(asksAfter, async () => {
      const { totalMicroUsdc, reference } = await door.request(asked);
      this.after(paysAfter, () => {
        this.happens(`buyer ${number} sends what was asked for`);
        const from = buyerWallet(number);
        this.hint(chain.pay({ from, amountMicroUsdc: totalMicroUsdc, reference, memo: null }, vanishesAfter));
      });
    });
  }

  async stop(number: number): Promise<void> {
    this.happens(`buyer ${number} stops rental ${number}`);
    await this.platform.door.rental(rentalId(number), (at) => ({ type: 'StopRental', at }));
  }

  /** One to five stars, once the machine was used. */
  rate(number: number, stars: number): void {
    this.happens(`buyer ${number} gives ${stars} stars`);
    this.after(0, () => this.platform.door.rental(rentalId(number), (at) => ({ type: 'RateRental', at, stars })));
  }

  /** Quoted now, paid five seconds later. */
  extend(number: number, minutes: number): void {
    const { door, chain } = this.platform;
    this.happens(`buyer ${number} asks for ${minutes} minutes more`);
    this.after(0, async () => {
      const { totalMicroUsdc, reference } = await door.extend(rentalId(number), minutes);
      this.after(5 * SECOND, () => {
        this.happens(`buyer ${number} sends what was asked for`);
        const from = buyerWallet(number);
        this.hint(chain.pay({ from, amountMicroUsdc: totalMicroUsdc, reference, memo: null }, Infinity));
      });
    });
  }

  /** Money that names no rental. */
  stray(amountMicroUsdc: bigint): void {
    this.happens('a stranger sends money');
    const from = address('Strangerx');
    this.hint(this.platform.chain.pay({ from, amountMicroUsdc, reference: null, memo: null }));
  }

  /** Nothing is published, kept or heard for so long. */
  busFails(forMs: Millis): void {
    const { bus } = this.platform;
    this.happens('the bus is gone');
    this.platform.timeline.stayAwake(forMs + SETTLES_WITHIN);
    bus.down();
    this.after(forMs, () => {
      this.happens('the bus is back');
      bus.up();
    });
  }

  machineDies(number: number): void {
    this.happens(`machine ${number} loses its power`);
    this.platform.timeline.stayAwake(SETTLES_WITHIN);
    this.platform.machines.get(number)?.die();
  }

  /** As the chain's webhook does, by way of the gateway. */
  private hint(signature: string): void {
    const { bus } = this.platform;
    const settlement = this.platform.service('settlement');
    this.after(HINT_AFTER, () =>
      bus.hint(() => {
        if (settlement.isUp) settlement.duties.apply(looksDue([signature], this.now), undefined);
      }),
    );
  }
}

const isOf = ({ stream, type }: Envelope, rental: string, wanted: string): boolean =>
  stream.startsWith('rental-') && idOf(stream) === rental && type.startsWith(`${wanted}.`);
