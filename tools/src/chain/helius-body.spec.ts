import { Keypair, type ParsedTransactionWithMeta, type TokenBalance } from '@solana/web3.js';
import { signaturesFromWebhook } from '@tokenos/contracts/chain/helius';
import { heliusBody } from './helius-body.js';

const SIGNATURE = 'uVnzcryxXqjuxPQQZ9J3dpaHkBHxzm317cBWp4DYsvss3CvqTQ1CGHemTVb99xZ6gEsJf9WunPq1y6RdaeSF2Wr';
const [from, to] = [Keypair.generate().publicKey, Keypair.generate().publicKey];

const balance = (accountIndex: number, amount: string): TokenBalance => ({
  accountIndex,
  mint: 'mint',
  owner: `owner-${accountIndex}`,
  uiTokenAmount: { amount, decimals: 6, uiAmount: null },
});

const seen = {
  slot: 7,
  blockTime: 1_700_000_000,
  meta: {
    fee: 5000,
    err: null,
    preTokenBalances: [balance(0, '10')],
    postTokenBalances: [balance(0, '4'), balance(1, '6')],
  },
  transaction: { message: { accountKeys: [{ pubkey: from }, { pubkey: to }] } },
} as unknown as ParsedTransactionWithMeta;

describe('the body of a webhook', () => {
  it.each(['enhanced', 'raw'] as const)('names its transaction in the %s shape as our reader expects', (shape) => {
    const body: unknown = JSON.parse(JSON.stringify(heliusBody(shape, SIGNATURE, seen)));
    expect(signaturesFromWebhook(body)).toEqual([SIGNATURE]);
  });

  it('says who gave and who got how much', () => {
    expect(heliusBody('enhanced', SIGNATURE, seen)).toMatchObject([
      {
        feePayer: from.toBase58(),
        tokenTransfers: [
          { fromTokenAccount: from.toBase58(), fromUserAccount: 'owner-0', rawTokenAmount: '-6' },
          { toTokenAccount: to.toBase58(), toUserAccount: 'owner-1', rawTokenAmount: '6' },
        ],
      },
    ]);
  });
});
