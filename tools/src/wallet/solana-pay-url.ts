/** Reads a Solana Pay transfer request, https://docs.solanapay.com/spec: `solana:<recipient>?amount=&spl-token=&reference=&memo=`. */

import { PublicKey } from '@solana/web3.js';

export interface PaymentRequest {
  /** The payee's wallet; the token account is derived from it. */
  readonly recipient: string;
  readonly mint: string;
  /** Decimal, in whole tokens: "5.840123". */
  readonly amount: string;
  readonly references: readonly string[];
  readonly memo: string | null;
}

/** Throws an Error that says what is wrong. SOL transfers (no `spl-token`) and open amounts are refused. */
export function parseSolanaPayUrl(text: string): PaymentRequest {
  const [, recipient = '', query = ''] = /^solana:([^?]+)\?(.*)$/.exec(text) ?? [];
  const params = new URLSearchParams(query);
  const amount = params.get('amount') ?? '';
  if (!/^(0|[1-9]\d*)(\.\d+)?$/.test(amount)) throw new Error(`amount is not a decimal number: "${amount}"`);
  return {
    recipient: address('recipient', recipient),
    mint: address('spl-token', params.get('spl-token') ?? ''),
    amount,
    references: params.getAll('reference').map((reference) => address('reference', reference)),
    memo: params.get('memo'),
  };
}

/** "5.84" with 6 decimals -> 5_840_000n, exactly; more places than the token has are refused, never rounded. */
export function toBaseUnits(amount: string, decimals: number): bigint {
  const [whole = '', fraction = ''] = amount.split('.');
  if (fraction.length > decimals) throw new Error(`${amount} has more than ${decimals} decimal places`);
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}

function address(name: string, value: string): string {
  try {
    return new PublicKey(value).toBase58();
  } catch {
    throw new Error(`${name} is not a Solana address: "${value}"`);
  }
}
