/** A double of the chain: it lands what it is sent, if the test lets it, and keeps book of everything it was asked to do. */

import { usdc } from '@tokenos/domain/money';
import { GENESIS, instructions } from '@tokenos/testing/generators/sample-facts';
import { nth, signature } from '@tokenos/testing/generators/names';
import type {
  ChainPort,
  IncomingTransfer,
  PayeeProblem,
  PaymentTrace,
  PlanOutcome,
  PlanToSign,
  SignedPlan,
} from '../chain/port.js';

/** A blockhash's life, in blocks. */
const LIFE = 150;
const BLOCK_TIME = Date.parse('2026-11-23T10:00:00.000Z');

export class ScriptedChain implements ChainPort {
  readonly mint = instructions.mint;
  readonly treasury = { wallet: instructions.treasury, tokenAccount: instructions.treasury };
  genesis = GENESIS;
  height = 1_000;
  /** False: what is sent never lands. */
  lands = true;
  /** What is sent lands with this error. */
  error: string | null = null;
  readonly problems = new Map<string, PayeeProblem>();
  readonly transfers: IncomingTransfer[] = [];
  finalizedThrough: number | null = BLOCK_TIME;
  readonly signed: { readonly plan: PlanToSign; readonly bytes: SignedPlan }[] = [];
  readonly memos: { readonly memo: string; readonly bytes: SignedPlan }[] = [];
  readonly sent: string[] = [];
  private readonly landed = new Map<string, { readonly slot: number; looks: number }>();

  async sign(plan: PlanToSign): Promise<SignedPlan> {
    const bytes = this.fresh();
    this.signed.push({ plan, bytes });
    return bytes;
  }

  async signMemo(memo: string): Promise<SignedPlan> {
    const bytes = this.fresh();
    this.memos.push({ memo, bytes });
    return bytes;
  }

  private fresh(): SignedPlan {
    return {
      bytes: 'AQID',
      signature: signature(nth('Sent', this.signed.length + this.memos.length + 1)),
      lastValidBlockHeight: this.height + LIFE,
      genesisHash: this.genesis,
    };
  }

  async send(signed: SignedPlan) {
    if (signed.genesisHash !== this.genesis) return 'other_chain' as const;
    this.sent.push(signed.signature);
    if (this.lands && this.height <= signed.lastValidBlockHeight && !this.landed.has(signed.signature)) {
      this.landed.set(signed.signature, { slot: this.height, looks: 0 });
    }
    return 'sent' as const;
  }

  /** Confirmed when it is looked at first, finalized from then on. */
  async outcome(signed: SignedPlan): Promise<PlanOutcome> {
    if (signed.genesisHash !== this.genesis) return { kind: 'other_chain', genesisHash: this.genesis };
    const landed = this.landed.get(signed.signature);
    if (landed === undefined) {
      const over = this.height > signed.lastValidBlockHeight;
      return over ? { kind: 'expired', finalizedBlockHeight: this.height } : { kind: 'pending' };
    }
    landed.looks += 1;
    const { slot } = landed;
    if (this.error !== null) return { kind: 'failed', slot, error: this.error };
    return { kind: landed.looks === 1 ? 'confirmed' : 'finalized', slot, blockTime: BLOCK_TIME };
  }

  /** What left the treasury, by wallet: each transaction that landed, once. */
  paid(): Readonly<Record<string, bigint>> {
    const paid: Record<string, bigint> = {};
    for (const { plan, bytes } of this.signed) {
      if (!this.landed.has(bytes.signature) || this.error !== null) continue;
      for (const { to, amountMicroUsdc } of plan.transfers) paid[to] = (paid[to] ?? 0n) + amountMicroUsdc;
    }
    return paid;
  }

  /** Memos that landed, in the order of their signing. */
  said(): readonly string[] {
    return this.memos
      .filter(({ bytes }) => this.error === null && this.landed.has(bytes.signature))
      .map(({ memo }) => memo);
  }

  async payeeProblem(wallet: string): Promise<PayeeProblem | null> {
    return this.problems.get(wallet) ?? null;
  }

  /** By signature; all others are final. */
  readonly traces = new Map<string, PaymentTrace>();
  async trace({ signature: wanted }: { signature: string }): Promise<PaymentTrace> {
    return this.traces.get(wanted) ?? { kind: 'finalized' };
  }

  async incoming() {
    const cursor = { genesisHash: this.genesis, accounts: {} };
    return { transfers: this.transfers, cursor, finalizedThrough: this.finalizedThrough };
  }

  readonly foreigners: IncomingTransfer[] = [];
  readonly unreadable: string[] = [];
  async foreign() {
    const mark = { until: 'read', seen: [], balance: '1' };
    const accounts = Object.fromEntries(this.foreigners.map(({ destination }) => [destination, mark]));
    const problems = this.unreadable.map((account) => ({ account, why: 'unreadable' }));
    return { transfers: this.foreigners, cursor: { genesisHash: this.genesis, accounts }, problems };
  }

  async transaction(wanted: string) {
    return this.transfers.find((transfer) => transfer.signature === wanted) ?? null;
  }

  async finalizedHead() {
    return { slot: this.height, blockHeight: this.height, blockTime: BLOCK_TIME };
  }

  async treasuryBalance() {
    return { amountMicroUsdc: usdc(0n), lamports: 0n };
  }
}
