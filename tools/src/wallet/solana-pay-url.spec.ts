import { Keypair, PublicKey } from '@solana/web3.js';
import { payment } from './pay.js';
import { parseSolanaPayUrl, toBaseUnits } from './solana-pay-url.js';

const key = (): string => Keypair.generate().publicKey.toBase58();
const [recipient, mint, first, second] = [key(), key(), key(), key()];
const url = (query: string, to = recipient): string => `solana:${to}?${query}`;

describe('reading a Solana Pay URL', () => {
  it('finds recipient, token, exact amount, every reference and the memo', () => {
    const text = url(`amount=5.840123&spl-token=${mint}&reference=${first}&reference=${second}&memo=a%20b&label=x`);
    expect(parseSolanaPayUrl(text)).toEqual({
      recipient,
      mint,
      amount: '5.840123',
      references: [first, second],
      memo: 'a b',
    });
  });

  it.each([
    ['another scheme', `https://example.com?amount=1&spl-token=${mint}`],
    ['no amount', url(`spl-token=${mint}`)],
    ['a negative amount', url(`amount=-1&spl-token=${mint}`)],
    ['an exponent', url(`amount=1e3&spl-token=${mint}`)],
    ['SOL instead of a token', url('amount=1')],
    ['a recipient that is no address', url(`amount=1&spl-token=${mint}`, 'nobody')],
    ['a reference that is no address', url(`amount=1&spl-token=${mint}&reference=0`)],
  ])('refuses %s', (_name, text) => {
    expect(() => parseSolanaPayUrl(text)).toThrow();
  });

  it('turns decimals into base units without ever rounding', () => {
    expect(toBaseUnits('5.840123', 6)).toBe(5_840_123n);
    expect(toBaseUnits('0.1', 6)).toBe(100_000n);
    expect(toBaseUnits('9007199254740993', 6)).toBe(9_007_199_254_740_993_000_000n);
    expect(() => toBaseUnits('0.0000001', 6)).toThrow('more than 6');
  });
});

describe('the payment', () => {
  it('carries the references as read-only keys that sign nothing, and the memo before the transfer', () => {
    const request = { recipient, mint, amount: '1', references: [first, second], memo: 'hello' };
    const [note, transfer] = payment(new PublicKey(key()), request, 6);
    expect(note?.data.toString('utf8')).toBe('hello');
    expect(transfer?.keys.slice(-2)).toEqual(
      [first, second].map((reference) => ({ pubkey: new PublicKey(reference), isSigner: false, isWritable: false })),
    );
  });

  it('is the transfer alone where there is neither memo nor reference', () => {
    const instructions = payment(new PublicKey(key()), { recipient, mint, amount: '1', references: [], memo: null }, 6);
    expect(instructions).toHaveLength(1);
    expect(instructions[0]?.keys).toHaveLength(4);
  });
});
