/** Facts and chain held against each other in both directions: what one says, the other must show. */

import { noting, type Finding } from '@tokenos/audit/finding';
import type { NoteAt } from '@tokenos/audit/here';
import type { ConfirmedSignatureInfo, ParsedTransactionWithMeta } from '@solana/web3.js';
import { Unreachable } from '../exit.js';
import type { ChainBook, Plan, Sent } from './book.js';
import { tokenAccountOf, type Ledger } from './ledger.js';
import { changesIn } from './movement.js';
import { checkPayment, type Account } from './payments.js';
import { checkPayout } from './payouts.js';
import { sameChain } from './same-chain.js';

export interface CompareOptions {
  /** Epoch milliseconds: what the chain has later than this need not be in the facts. Infinity: everything must be. */
  readonly until: number;
  /** Off where the platform's clock did not run as the chain's does. */
  readonly blockTimes: boolean;
  /** Called once for each transaction that was looked at. */
  readonly tick?: () => void;
}

export interface Comparison {
  readonly findings: readonly Finding[];
  readonly genesisHash: string;
  readonly account: Account;
  /** The chain was looked at as it was in this finalized block. */
  readonly slot: number;
  readonly payments: number;
  readonly payouts: number;
  /** Finalized transactions in the history of the treasury's account. */
  readonly history: number;
  /** Signatures of those that moved its USDC and are later than the facts. */
  readonly later: readonly string[];
  /** On the chain, less what is later than the facts; micro-USDC. */
  readonly balanceMicroUsdc: bigint;
}

/** Throws BadInput where facts and chain are no pair, Unreachable where the chain did not answer to the end. */
export async function compare(book: ChainBook, ledger: Ledger, options: CompareOptions): Promise<Comparison> {
  const comparer = new Comparer(book, ledger, options);
  return comparer.run();
}

class Comparer {
  private readonly findings: Finding[] = [];
  private readonly noteAt: NoteAt = (stream, revision) => noting(this.findings, stream, revision);
  private readonly account: Account;
  private readonly later: string[] = [];
  /** What moved on the chain and is not in the books yet. */
  private unbooked = 0n;
  private slot = 0;

  constructor(
    private readonly book: ChainBook,
    private readonly ledger: Ledger,
    private readonly options: CompareOptions,
  ) {
    const { wallet, mint } = book.treasury();
    this.account = { wallet, mint, tokenAccount: tokenAccountOf(wallet, mint) };
  }

  async run(): Promise<Comparison> {
    const genesisHash = await sameChain(this.book, this.ledger, this.noteAt);
    // Before the history: nothing in it is older than the balance, and what is newer is left out.
    const balance = await this.ledger.tokenBalance(this.account.tokenAccount);
    this.slot = balance.slot;
    const history = await this.listed();
    for (const [signature, claims] of this.book.claims) {
      const transaction = await this.paid(signature, history.get(signature));
      if (transaction === null) continue;
      const blockTime = this.options.blockTimes ? await this.blockTime(transaction) : null;
      for (const claim of claims) checkPayment(claim, transaction, blockTime, this.account, this.noteAt);
    }
    let payouts = 0;
    for (const plan of this.book.plans.values()) {
      for (const sent of plan.attempts) {
        await this.payout(plan, sent, history.get(sent.signature));
        payouts += 1;
      }
    }
    await this.strangers(history);
    const { findings, account, slot, later, book } = this;
    return {
      findings,
      genesisHash,
      account,
      slot,
      payments: book.claims.size,
      payouts,
      history: history.size,
      later,
      balanceMicroUsdc: balance.amount - this.unbooked,
    };
  }

  private async listed(): Promise<Map<string, ConfirmedSignatureInfo>> {
    const listed = new Map<string, ConfirmedSignatureInfo>();
    for await (const entry of this.ledger.history(this.account.tokenAccount)) {
      if (entry.slot <= this.slot) listed.set(entry.signature, entry);
    }
    return listed;
  }

  /** Null: it is not there, which is said, or must not be. */
  private async paid(signature: string, entry?: ConfirmedSignatureInfo): Promise<ParsedTransactionWithMeta | null> {
    this.options.tick?.();
    const [claim] = this.book.claims.get(signature) ?? [];
    const vanished = this.book.vanished.get(signature);
    if (vanished !== undefined) {
      if (entry?.err === null)
        this.at(vanished)('chain', `${signature} is said to have vanished, and is final on the chain`);
      return null;
    }
    if (claim === undefined) return null;
    const transaction = await this.ledger.transaction(signature, claim.slot > this.slot ? 'confirmed' : 'finalized');
    if (transaction === null) this.at(claim)('chain', `${signature} is not on the chain: nothing was paid`);
    return transaction;
  }

  private async payout(plan: Plan, sent: Sent, entry?: ConfirmedSignatureInfo): Promise<void> {
    this.options.tick?.();
    const { signature, outcome } = sent;
    const landed = entry?.err === null;
    const note = this.at(sent);
    if (outcome === 'failed' || outcome === 'expired') {
      if (landed) note('chain', `${signature} has ${outcome} in the facts, and moved money on the chain`);
      return;
    }
    if (!landed) {
      if (outcome === 'finalized')
        note(
          'chain',
          `${signature} is final in the facts, and ${entry === undefined ? 'not on the chain' : 'failed there'}`,
        );
      return;
    }
    const transaction = await this.read(signature);
    checkPayout(plan, sent, transaction, this.account, this.noteAt);
    if (outcome === 'finalized') return;
    // The books still hold what it has paid out.
    this.unbooked += this.moved(transaction);
    if (outcome === 'signed' && !this.isLater(entry)) note('chain', `${signature} landed, and no fact says so`);
  }

  private async strangers(history: ReadonlyMap<string, ConfirmedSignatureInfo>): Promise<void> {
    const known = new Set(this.book.claims.keys());
    for (const plan of this.book.plans.values()) for (const { signature } of plan.attempts) known.add(signature);
    for (const [signature, entry] of history) {
      if (known.has(signature) || entry.err !== null) continue;
      this.options.tick?.();
      const moved = this.moved(await this.read(signature));
      if (moved === 0n) continue;
      if (this.isLater(entry)) {
        this.later.push(signature);
        this.unbooked += moved;
      } else if (moved > 0n) {
        this.noteAt(`payment-${signature}`, null)(
          'chain',
          `${signature} brought the treasury ${moved} micro-USDC, and no fact knows of it`,
        );
      } else {
        this.noteAt(`account ${this.account.tokenAccount}`, null)(
          'chain',
          `${signature} took ${-moved} micro-USDC from the treasury, and no plan names it`,
        );
      }
    }
  }

  private at({ stream, revision }: { readonly stream: string; readonly revision: number }) {
    return this.noteAt(stream, revision);
  }

  private isLater({ blockTime }: ConfirmedSignatureInfo): boolean {
    return (blockTime ?? 0) * 1000 > this.options.until;
  }

  private moved(transaction: ParsedTransactionWithMeta): bigint {
    return changesIn(transaction).find(({ account }) => account === this.account.tokenAccount)?.amount ?? 0n;
  }

  private async read(signature: string): Promise<ParsedTransactionWithMeta> {
    const transaction = await this.ledger.transaction(signature);
    if (transaction === null) throw new Unreachable(`the RPC node lists ${signature} and cannot show it`);
    return transaction;
  }

  /** Asked of the block: a local chain (Surfpool) tells another time with the transaction, a thousandth of it. */
  private async blockTime({ slot }: ParsedTransactionWithMeta): Promise<number | null> {
    const seconds = await this.ledger.blockTime(slot);
    return seconds === null ? null : seconds * 1000;
  }
}
