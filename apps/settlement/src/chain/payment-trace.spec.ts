import { paymentTrace } from './payment-trace.js';
import type { Rpc } from './rpc.js';

const payment = { signature: 's', slot: 2_000, genesisHash: 'here' };

interface Node {
  genesis?: string;
  /** How many final blocks have followed the slot it was seen in; their slots are not all taken. */
  after?: number;
  /** The slot as of which the node answers for statuses. */
  context?: number;
  /** The oldest slot it still has. */
  first?: number;
  status?: { confirmationStatus: string; err?: unknown } | null;
}

const HEAD = 2_500;

function node({ genesis = 'here', after = 151, context = HEAD, first = 0, status = null }: Node): Rpc {
  const answers: Record<string, unknown> = {
    getGenesisHash: genesis,
    getBlockHeight: 1_500,
    getSlot: HEAD,
    getBlockTime: 1_700_000_000,
    getFirstAvailableBlock: first,
    getSignatureStatuses: { context: { slot: context }, value: [status && { slot: 2_040, err: null, ...status }] },
  };
  return (answer, method, from, limit) => {
    const blocks = Array.from({ length: Math.min(Number(limit), after) }, (_, n) => Number(from) + 3 * n);
    return Promise.resolve(answer.parse(method === 'getBlocksWithLimit' ? blocks : answers[method]));
  };
}

describe('what became of a payment that was seen', () => {
  it.each<[string, Node, object]>([
    ['final', { status: { confirmationStatus: 'finalized' } }, { kind: 'finalized' }],
    ['failed, finally', { status: { confirmationStatus: 'finalized', err: 'x' } }, { kind: 'failed' }],
    ['on its way while it is confirmed', { status: { confirmationStatus: 'confirmed' } }, { kind: 'on_its_way' }],
    [
      'on its way while another fork could let it succeed',
      { status: { confirmationStatus: 'confirmed', err: 'x' } },
      { kind: 'on_its_way' },
    ],
    ['gone once its blockhash can be of no use any more', {}, { kind: 'gone' }],
    ['on its way for as long as a block could still take it', { after: 150 }, { kind: 'on_its_way' }],
    ['on its way where the node that searched lags behind', { context: HEAD - 1 }, { kind: 'on_its_way' }],
    ['gone where the history reaches back to it', { first: 2_000 }, { kind: 'gone' }],
    ['unknown where the history begins after it', { first: 2_001 }, { kind: 'history_gone', firstSlot: 2_001 }],
    ['unknown on another chain', { genesis: 'there' }, { kind: 'other_chain', genesisHash: 'there' }],
  ])('is %s', async (_name, asked, expected) => {
    await expect(paymentTrace(node(asked), payment)).resolves.toEqual(expected);
  });
});
