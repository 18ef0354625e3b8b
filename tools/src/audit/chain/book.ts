/** What facts say moved on the chain: every transfer in, every plan's transactions out, and the one treasury that they are of. */

import { readFact, type RentalWire, type PaymentWire } from '@tokenos/audit/wire';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { BadInput } from '../exit.js';

export interface Place {
  readonly stream: string;
  readonly revision: number;
}

/** A transfer to the treasury, as one fact has it. Amounts in base units of the mint. */
export interface Claim extends Place {
  readonly signature: string;
  /** Null in PaymentReceived, which is always of the rental's own mint. */
  readonly mint: string | null;
  readonly amount: bigint;
  readonly payers: readonly { readonly wallet: string; readonly amount: bigint }[];
  readonly slot: number;
  readonly blockTime: number;
  /** Why it is no USDC in the account that plans pay from: then the chain's history of that account does not have it. */
  readonly elsewhere: boolean;
}

/** Signed bytes of a plan. `signed`: nothing is known of them yet. */
export interface Sent extends Place {
  readonly planId: string;
  readonly signature: string;
  outcome: 'signed' | 'confirmed' | 'finalized' | 'failed' | 'expired';
  /** Of the finalized block; null before. */
  slot: number | null;
}

export interface Plan extends Place {
  readonly planId: string;
  readonly transfers: readonly { readonly to: string; readonly amount: bigint }[];
  /** What the platform adds of its own, micro-USDC. */
  readonly shortfall: bigint;
  readonly attempts: Sent[];
}

export interface Treasury {
  readonly wallet: string;
  readonly mint: string;
}

type Step = Extract<RentalWire | PaymentWire, { data: { planId: string } }>;

const ELSEWHERE = ['wrong_mint', 'wrong_program', 'wrong_account'];

export class ChainBook {
  readonly claims = new Map<string, Claim[]>();
  readonly plans = new Map<string, Plan>();
  /** Seen once, and gone from the final chain since. */
  readonly vanished = new Map<string, Place>();
  /** Genesis hash -> the first fact that stands on that chain. */
  readonly chains = new Map<string, Place>();
  /** Time of the newest fact, epoch milliseconds. */
  lastAt = 0;
  private readonly treasuries = new Map<string, Treasury>();

  /** A fact that cannot be read says nothing here: `audit verify` names it. */
  see(envelope: Envelope): void {
    this.lastAt = Math.max(this.lastAt, Date.parse(envelope.at));
    if (!envelope.stream.startsWith('rental-') && !envelope.stream.startsWith('payment-')) return;
    try {
      const { fact } = readFact(envelope);
      this.hear(fact as RentalWire | PaymentWire, { stream: envelope.stream, revision: envelope.revision });
    } catch {
      return;
    }
  }

  /** Throws BadInput where the facts name none, or several. */
  treasury(): Treasury {
    const [treasury, another] = this.treasuries.values();
    if (treasury === undefined)
      throw new BadInput('no rental is in this export, so nothing says which treasury to look at');
    if (another !== undefined)
      throw new BadInput(`the facts name two treasuries, ${treasury.wallet} and ${another.wallet}`);
    return treasury;
  }

  /** The oldest block that any payment was in; null where there is none. */
  firstSlot(): number | null {
    let first: number | null = null;
    for (const claims of this.claims.values()) for (const { slot } of claims) first = Math.min(first ?? slot, slot);
    return first;
  }

  /** Promised by the platform out of its own pocket, and not paid yet; micro-USDC. */
  owed(): bigint {
    let owed = 0n;
    for (const { shortfall, attempts } of this.plans.values()) {
      const over = attempts.some(({ outcome }) => outcome === 'finalized' || outcome === 'failed');
      if (!over) owed += shortfall;
    }
    return owed;
  }

  private hear({ type, data }: RentalWire | PaymentWire, place: Place): void {
    switch (type) {
      case 'RentalRequested.v1': {
        const { treasury: wallet, mint } = data.payment;
        this.treasuries.set(`${wallet} ${mint}`, { wallet, mint });
        return;
      }
      case 'PaymentSeen.v1':
        this.onChain(data.genesisHash, place);
        this.claim({
          ...place,
          ...timed(data),
          mint: data.mint,
          amount: BigInt(data.amount),
          payers: data.payers.map(({ wallet, amount }) => ({ wallet, amount: BigInt(amount) })),
          elsewhere: data.why !== null && ELSEWHERE.includes(data.why),
        });
        return;
      case 'PaymentReceived.v1': {
        this.onChain(data.genesisHash, place);
        this.vanished.delete(data.signature);
        const amount = BigInt(data.amountMicroUsdc);
        const payers = [{ wallet: data.payer, amount }];
        this.claim({ ...place, ...timed(data), mint: null, amount, payers, elsewhere: false });
        return;
      }
      case 'PaymentVanished.v1':
        this.vanished.set(data.signature, place);
        return;
      default:
        if ('planId' in data) this.followPlan({ type, data } as Step, place);
    }
  }

  private claim(claim: Claim): void {
    const claims = this.claims.get(claim.signature) ?? [];
    this.claims.set(claim.signature, [...claims, claim]);
  }

  private onChain(genesisHash: string, place: Place): void {
    if (!this.chains.has(genesisHash)) this.chains.set(genesisHash, place);
  }

  private followPlan({ type, data }: Step, place: Place): void {
    const key = `${place.stream} ${data.planId}`;
    if (type === 'SettlementPlanned.v1') {
      const transfers = data.transfers.map(({ to, amountMicroUsdc }) => ({ to, amount: BigInt(amountMicroUsdc) }));
      const shortfall = BigInt(data.shortfallMicroUsdc ?? 0);
      this.plans.set(key, { ...place, planId: data.planId, transfers, shortfall, attempts: [] });
      return;
    }
    const attempts = this.plans.get(key)?.attempts;
    if (attempts === undefined) return;
    if (type === 'SettlementSigned.v1') {
      this.onChain(data.genesisHash, place);
      attempts.push({ ...place, planId: data.planId, signature: data.signature, outcome: 'signed', slot: null });
      return;
    }
    const attempt = attempts.find(({ signature }) => signature === data.signature);
    if (attempt === undefined) return;
    attempt.outcome = OUTCOMES[type] ?? attempt.outcome;
    if (type === 'SettlementFinalized.v1') attempt.slot = data.slot;
  }
}

const OUTCOMES: Readonly<Record<string, Sent['outcome']>> = {
  'SettlementExpired.v1': 'expired',
  'SettlementFailed.v1': 'failed',
  'SettlementConfirmed.v1': 'confirmed',
  'SettlementFinalized.v1': 'finalized',
};

const timed = (data: { readonly signature: string; readonly slot: number; readonly blockTime: string }) => ({
  signature: data.signature,
  slot: data.slot,
  blockTime: Date.parse(data.blockTime),
});
