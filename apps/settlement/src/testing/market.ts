/** Buyers and operators with wallets on the chain, and the life of a rental as its other services would write it. */

import { getAssociatedTokenAddressSync } from '@solana/spl-token';
import { Keypair, PublicKey } from '@solana/web3.js';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { formatUsdc, usdc, type MicroUsdc } from '@tokenos/domain/money';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { DAY, SECOND, type Millis } from '@tokenos/domain/time';
import { digest } from '@tokenos/testing/generators/names';
import { placement, RATE, terms } from '@tokenos/testing/generators/sample-facts';
import type { LocalChain } from '@tokenos/tools/chain/local-chain';
import { connect } from '@tokenos/tools/wallet/connection';
import { pay } from '@tokenos/tools/wallet/pay';
import type { PaymentRequest } from '@tokenos/tools/wallet/solana-pay-url';
import type { Rig } from './rig.js';

const HUNDRED_USDC = 100_000_000n;

/** What a buyer is told, as far as these tests need it. */
export interface Asked {
  readonly rentalId: string;
  readonly reference: string;
  readonly total: MicroUsdc;
  readonly expiresAt: Millis;
}

export interface Operator {
  readonly operatorId: string;
  readonly wallet: PublicKey;
}

/** Three minutes of an H100 at 5.84 USDC an hour. */
const MINUTES = 3;
export const PRICE = 292_000n;

export class Market {
  private requests = 0;

  constructor(
    private readonly rig: Rig,
    private readonly local: LocalChain,
  ) {}

  async buyer(mint = this.local.mint): Promise<Keypair> {
    const buyer = Keypair.generate();
    await this.local.fund({ wallet: buyer.publicKey, tokens: HUNDRED_USDC, mint: new PublicKey(mint) });
    return buyer;
  }

  async operator({ tokenAccount }: { tokenAccount: boolean }): Promise<Operator> {
    const wallet = Keypair.generate().publicKey;
    if (tokenAccount) await this.openTokenAccount(wallet);
    const operatorId = this.rig.service.resources.ids.next();
    await this.rig.registerOperator(operatorId, wallet.toBase58());
    return { operatorId, wallet };
  }

  openTokenAccount(wallet: PublicKey, mint = this.local.mint): Promise<void> {
    return this.local.fund({ wallet, tokens: 0n, mint: new PublicKey(mint) });
  }

  /** Each asks for another total. `quotedAt`: now, if unsaid; the offer stands for 15 minutes. */
  async request({ quotedAt = this.rig.now, heard = true } = {}): Promise<Asked> {
    const rentalId = this.rig.service.resources.ids.next();
    const reference = Keypair.generate().publicKey.toBase58();
    this.requests += 1;
    const payment = { mint: this.local.mint, treasury: this.local.treasury.wallet, reference, refundTo: null };
    const request = {
      type: 'RequestRental' as const,
      at: quotedAt,
      rentalId,
      buyerId: 'buyer-1',
      // Seconds of wall time are minutes here: nobody was promised a start within one.
      terms: { ...terms, minutes: MINUTES, maxWaitMs: DAY },
      capMicroUsdcPerHour: RATE,
      surplusMicroUsdc: usdc(BigInt(this.requests)),
      feeBps: 500,
      payment,
    };
    await (heard ? this.rig.tell(rentalId, request) : this.rig.tellInSilence(rentalId, request));
    const state = await this.rig.rental(rentalId);
    if (state.status !== 'requested') throw new Error(`it is ${state.status}`);
    const { totalMicroUsdc: total, expiresAt } = state.rental.quote;
    return { rentalId, reference, total, expiresAt };
  }

  /** By reference and in full, unless changed. Gives the signature once the transfer is confirmed. */
  async pay(payer: Keypair, asked: Asked, change: Partial<PaymentRequest> = {}): Promise<string> {
    const { mint, treasury, rpcUrl } = this.local;
    const amount = formatUsdc(asked.total);
    const request = { recipient: treasury.wallet, mint, amount, references: [asked.reference], memo: null, ...change };
    return (await pay({ rpcUrl, payer, request })).signature;
  }

  /** Of a paid rental: placed and started, so long ago that two minutes and a half have passed, then stopped by its buyer. */
  async runTwoMinutes({ rentalId }: Asked, operator: Operator): Promise<void> {
    await this.rig.becomes(rentalId, 'paid');
    const at = this.rig.now - 150 * SECOND;
    await this.rig.tell(rentalId, { type: 'PlaceRental', placed: placedOn(operator, rentalId, at) });
    await this.rig.tell(rentalId, { type: 'StartRental', attempt: 1, at });
    const stoppedAt = at + 149 * SECOND;
    await this.rig.tell(rentalId, { type: 'StopRental', at: stoppedAt });
    const usage = { firstMinute: 0, bitmap: '11', attempt: 1, evidenceSha256: digest('e') };
    await this.rig.tell(rentalId, { type: 'MeterUsage', at: this.rig.now, usage });
    await this.rig.tell(rentalId, { type: 'RevokeAccess', attempt: 1, at: stoppedAt + SECOND });
    await this.rig.tell(rentalId, { type: 'CloseMeter' });
  }

  /** By how much each wallet's tokens moved in one transaction. */
  async moved(signature: string): Promise<Readonly<Record<string, bigint>>> {
    const transaction = await connect(this.local.rpcUrl).getParsedTransaction(signature, {
      commitment: 'confirmed',
      maxSupportedTransactionVersion: 0,
    });
    const moved: Record<string, bigint> = {};
    const add = (sign: bigint, balances: typeof before): void => {
      for (const { owner = '?', uiTokenAmount } of balances) {
        moved[owner] = (moved[owner] ?? 0n) + sign * BigInt(uiTokenAmount.amount);
      }
    };
    const before = transaction?.meta?.preTokenBalances ?? [];
    add(-1n, before);
    add(1n, transaction?.meta?.postTokenBalances ?? []);
    return moved;
  }

  /** Whole USDC balance of a wallet, in micro-USDC. */
  async balance(wallet: PublicKey): Promise<bigint> {
    const account = getAssociatedTokenAddressSync(new PublicKey(this.local.mint), wallet, true);
    const { value } = await connect(this.local.rpcUrl).getTokenAccountBalance(account, 'confirmed');
    return BigInt(value.amount);
  }
}

function placedOn({ operatorId }: Operator, rentalId: string, placedAt: Millis): RentalPlaced {
  const placed = placement(1, { operatorId, placedAt, gpus: [{ uuid: `GPU-${rentalId}`, leaseEpoch: 1 }] });
  const best = placed.receipt.best.map((candidate) => ({
    ...candidate,
    operatorId,
    tieBreak: sha256Hex(`${rentalId}:${candidate.nodeId}`),
  }));
  const list = best.map((candidate) => ({
    ...candidate,
    rateMicroUsdcPerHour: candidate.rateMicroUsdcPerHour.toString(),
  }));
  return { ...placed, receipt: { ...placed.receipt, best, fullListSha256: sha256Hex(canonical(list)) } };
}
