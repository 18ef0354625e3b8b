/** A chain behind settlement's port: what is sent lands in a second and is final twelve later; it keeps the books that the facts are checked against. */

import type {
  ChainPort,
  IncomingTransfer,
  PaymentTrace,
  PlanOutcome,
  SendResult,
  SignedPlan,
} from '@tokenos/settlement/chain/port';
import { usdc, type MicroUsdc } from '@tokenos/domain/money';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';
import { address, signature } from './addresses.js';

const SLOT: Millis = 400;
const LANDS_AFTER: Millis = SECOND;
const FINAL_AFTER: Millis = 13 * SECOND;
/** A blockhash's life, in blocks. */
const LIFE = 150;
const GENESIS = address('Genesis');

/** What a wallet sends. */
export interface Payment {
  readonly from: string;
  readonly amountMicroUsdc: bigint;
  readonly reference: string | null;
  readonly memo: string | null;
}

interface Sent {
  readonly signed: SignedPlan;
  readonly landsAt: Millis;
}

export interface Payout {
  readonly planId: string;
  readonly to: string;
  readonly amountMicroUsdc: MicroUsdc;
}

export class Chain {
  readonly mint = address('USDCmint');
  readonly treasury = { wallet: address('Treasury'), tokenAccount: address('TreasuryUSDC') };
  private readonly transfers: (IncomingTransfer & { vanishesAt: Millis })[] = [];
  private readonly plans = new Map<string, readonly Payout[]>();
  private readonly memos = new Map<string, string>();
  private readonly sent = new Map<string, Sent>();
  /** What is sent now is lost on the way. */
  losesSends = false;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Gives the signature. `vanishesAfter`: its block is dropped then, and nobody has paid. */
  pay({ from, amountMicroUsdc, reference, memo }: Payment, vanishesAfter: Millis = Infinity): string {
    const now = this.clock.now();
    const made = signature('Pay', this.transfers.length + 1);
    this.transfers.push({
      kind: 'incoming',
      signature: made,
      slot: this.slot(),
      blockTime: Math.floor(now / SECOND) * SECOND,
      genesisHash: GENESIS,
      mint: this.mint,
      amount: amountMicroUsdc,
      payers: [{ wallet: from, amount: amountMicroUsdc }],
      references: reference === null ? [] : [reference],
      memo,
      destination: this.treasury.tokenAccount,
      refusal: null,
      vanishesAt: now + vanishesAfter,
    });
    return made;
  }

  /** Every transfer out of the treasury that landed. */
  payouts(): readonly Payout[] {
    const landed = [...this.sent.values()].filter(({ landsAt }) => landsAt <= this.clock.now());
    return landed.flatMap(({ signed }) => this.plans.get(signed.signature) ?? []);
  }

  /** Every memo that landed. */
  said(): readonly string[] {
    const landed = [...this.sent.values()].filter(({ landsAt }) => landsAt <= this.clock.now());
    return landed.flatMap(({ signed }) => this.memos.get(signed.signature) ?? []);
  }

  /** What the treasury holds. */
  balance(): bigint {
    const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
    const paid = this.payouts().map(({ amountMicroUsdc }) => amountMicroUsdc);
    return total(this.there().map(({ amount }) => amount)) - total(paid);
  }

  port(): ChainPort {
    return {
      mint: this.mint,
      treasury: this.treasury,
      incoming: async (cursor) => {
        const from = Number(cursor?.accounts[this.mint]?.balance ?? 0);
        const mark = { until: null, seen: [], balance: `${this.transfers.length}` };
        const found = this.transfers.slice(from).filter((transfer) => this.isThere(transfer));
        return {
          transfers: found,
          cursor: { genesisHash: GENESIS, accounts: { [this.mint]: mark } },
          finalizedThrough: this.clock.now() - FINAL_AFTER,
        };
      },
      foreign: async () => ({ transfers: [], cursor: { genesisHash: GENESIS, accounts: {} }, problems: [] }),
      transaction: async (wanted) => this.there().find((transfer) => transfer.signature === wanted) ?? null,
      trace: async ({ signature: wanted }) => this.trace(wanted),
      finalizedHead: async () => {
        const slot = this.slot(-FINAL_AFTER);
        return { slot, blockHeight: slot, blockTime: this.clock.now() - FINAL_AFTER };
      },
      payeeProblem: async () => null,
      sign: async (plan) => {
        const made = signature('Sent', this.plans.size + 1);
        this.plans.set(
          made,
          plan.transfers.map((transfer) => ({ planId: plan.planId, ...transfer })),
        );
        const bytes = Buffer.from(made, 'utf8').toString('base64');
        return { bytes, signature: made, lastValidBlockHeight: this.slot() + LIFE, genesisHash: GENESIS };
      },
      signMemo: async (memo) => {
        const made = signature('Said', this.memos.size + 1);
        this.memos.set(made, memo);
        const bytes = Buffer.from(made, 'utf8').toString('base64');
        return { bytes, signature: made, lastValidBlockHeight: this.slot() + LIFE, genesisHash: GENESIS };
      },
      send: async (signed) => this.send(signed),
      outcome: async (signed) => this.outcome(signed),
      treasuryBalance: async () => ({ amountMicroUsdc: usdc(this.balance()), lamports: 1_000_000_000n }),
    };
  }

  private send(signed: SignedPlan): SendResult {
    const isLate = this.slot() > signed.lastValidBlockHeight;
    if (this.losesSends || isLate || this.sent.has(signed.signature)) return 'unknown';
    this.sent.set(signed.signature, { signed, landsAt: this.clock.now() + LANDS_AFTER });
    return 'sent';
  }

  private outcome(signed: SignedPlan): PlanOutcome {
    const now = this.clock.now();
    const landsAt = this.sent.get(signed.signature)?.landsAt;
    if (landsAt === undefined) {
      const height = this.slot(-FINAL_AFTER);
      return height > signed.lastValidBlockHeight
        ? { kind: 'expired', finalizedBlockHeight: height }
        : { kind: 'pending' };
    }
    if (landsAt > now) return { kind: 'pending' };
    const landed = { slot: Math.floor(landsAt / SLOT), blockTime: Math.floor(landsAt / SECOND) * SECOND };
    return { kind: now >= landsAt + FINAL_AFTER ? 'finalized' : 'confirmed', ...landed };
  }

  private trace(wanted: string): PaymentTrace {
    const found = this.there().find((transfer) => transfer.signature === wanted);
    if (found === undefined) return { kind: 'gone' };
    return { kind: this.clock.now() >= found.blockTime + FINAL_AFTER ? 'finalized' : 'on_its_way' };
  }

  private there(): readonly IncomingTransfer[] {
    return this.transfers.filter((transfer) => this.isThere(transfer));
  }

  private isThere({ vanishesAt }: { readonly vanishesAt: Millis }): boolean {
    return this.clock.now() < vanishesAt;
  }

  private slot(shift: Millis = 0): number {
    return Math.floor((this.clock.now() + shift) / SLOT);
  }
}
