import { TOKEN_PROGRAM_ID } from '@solana/spl-token';
import inFull from './fixtures/paid-in-full.json' with { type: 'json' };
import inAnotherToken from './fixtures/paid-in-another-token.json' with { type: 'json' };
import { rpcClient } from './rpc.js';
import { scan, scanForeign } from './scan.js';

const { treasury } = inAnotherToken;
const foreign = inAnotherToken.answer.transaction.message.accountKeys[2]!.pubkey;
const readable = {
  program: 'spl-token',
  parsed: { info: { mint: 'm', owner: treasury.wallet, state: 'initialized', tokenAmount: { amount: '3000000' } } },
};
const listed = (signature = '') => [{ signature, slot: 74, err: null, confirmationStatus: 'finalized' }];

const paidForeign = inAnotherToken.answer.transaction.signatures[0];

/** A node on which the treasury has these accounts beside its own; what it lists for the one called `silent` is no list. */
function node(accounts: readonly { pubkey: string; data: unknown }[], foreignListed = listed(paidForeign)) {
  const answer = (method: string, [subject, filter]: readonly [unknown, { programId?: string }?]): unknown => {
    switch (method) {
      case 'getGenesisHash':
        return 'here';
      case 'getBlockTime':
        return 1_700_000_000;
      case 'getTokenAccountsByOwner':
        return {
          value:
            filter?.programId === TOKEN_PROGRAM_ID.toBase58()
              ? accounts.map(({ pubkey, data }) => ({ pubkey, account: { data } }))
              : [],
        };
      case 'getSignaturesForAddress':
        if (subject === 'silent') return 'no list';
        if (subject === foreign) return foreignListed;
        return subject === treasury.tokenAccount ? listed(inFull.answer.transaction.signatures[0]) : [];
      case 'getTransaction':
        return [inFull, inAnotherToken].find((one) => one.answer.transaction.signatures[0] === subject)?.answer;
      default:
        return 100;
    }
  };
  const request = (async (_url: unknown, init?: { body?: unknown }) => {
    const { method, params } = JSON.parse(String(init?.body)) as { method: string; params: [unknown] };
    return Response.json({ result: answer(method, params) });
  }) as typeof fetch;
  return rpcClient({ url: 'http://node', timeoutMs: 1_000, fetch: request });
}

describe('a scan', () => {
  const odd = [
    { pubkey: 'silent', data: readable },
    { pubkey: 'unparsed', data: ['AQID', 'base64'] },
    { pubkey: foreign, data: readable },
  ];

  it('of the account that plans pay from asks for no other', async () => {
    const found = await scan(node(odd), treasury, null);
    expect(found).toMatchObject({ transfers: [{ refusal: null }], finalizedThrough: 1_700_000_000_000 });
    expect(Object.keys(found.cursor.accounts)).toEqual([treasury.tokenAccount]);
  });

  it('of all others finds what is there though one says nothing and another cannot be parsed', async () => {
    const found = await scanForeign(node(odd), treasury, null);
    expect(found.transfers).toMatchObject([{ refusal: 'wrong_mint', amount: 3_000_000n, destination: foreign }]);
    expect(found.problems).toMatchObject([{ account: 'silent' }]);
    expect(found.cursor.accounts).toMatchObject({ [foreign]: { balance: '3000000' }, unparsed: { balance: '0' } });
    expect(found.cursor.accounts).not.toHaveProperty('silent');
    expect((await scanForeign(node(odd), treasury, found.cursor)).transfers).toEqual([]);
  });

  it('of others looks again while what it found does not explain a balance', async () => {
    const account = [{ pubkey: foreign, data: readable }];
    // The balance is there, but the node lists only an older transaction of that account so far.
    const older = listed(inFull.answer.transaction.signatures[0]);
    const early = await scanForeign(node(account, older), treasury, null);
    expect(early.transfers).toEqual([]);
    const late = await scanForeign(node(account, [...listed(paidForeign), ...older]), treasury, early.cursor);
    expect(late.transfers).toMatchObject([{ amount: 3_000_000n, destination: foreign }]);
  });
});
