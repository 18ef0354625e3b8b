import { planOutcome } from './plan-outcome.js';
import type { SignedPlan } from './port.js';
import type { Rpc } from './rpc.js';

const signed: SignedPlan = { bytes: '', signature: 's', lastValidBlockHeight: 1100, genesisHash: 'here' };

interface Node {
  genesis?: string;
  height?: number;
  /** The slot as of which the node answers for statuses. */
  context?: number;
  /** Slot and height of the oldest block it still has. */
  first?: { slot: number; height: number | null };
  status?: { confirmationStatus: string; err?: unknown } | null;
}

/** A node whose finalized slot is its height plus a thousand, at one block a second. */
function node({
  genesis = 'here',
  height = 1050,
  context = height + 1000,
  first = { slot: 0, height: 0 },
  status = null,
}: Node): Rpc {
  const answers: Record<string, unknown> = {
    getGenesisHash: genesis,
    getBlockHeight: height,
    getSlot: height + 1000,
    getBlockTime: 1_700_000_000,
    getFirstAvailableBlock: first.slot,
    getBlock: first.slot === 0 ? undefined : { blockHeight: first.height },
    getSignatureStatuses: { context: { slot: context }, value: [status && { slot: 1040, err: null, ...status }] },
  };
  return (answer, method) => Promise.resolve(answer.parse(answers[method]));
}

describe('what became of a signed plan', () => {
  it.each<[string, Node, object]>([
    ['pending while no trace of it is found in time', { height: 1100 }, { kind: 'pending' }],
    ['expired once the finalized height has passed', { height: 1101 }, { kind: 'expired', finalizedBlockHeight: 1101 }],
    [
      'expired where the history reaches back to its signing',
      { height: 1101, first: { slot: 1_990, height: 950 } },
      { kind: 'expired', finalizedBlockHeight: 1101 },
    ],
    [
      'unknown where the history begins after it was signed',
      { height: 90_000, first: { slot: 1_991, height: 951 } },
      { kind: 'history_gone', firstBlockHeight: 951 },
    ],
    [
      'unknown where the node cannot tell how far its history goes back',
      { height: 90_000, first: { slot: 7, height: null } },
      { kind: 'history_gone', firstBlockHeight: null },
    ],
    [
      'pending when the node that searched lags behind that height',
      { height: 1101, context: 2100 },
      { kind: 'pending' },
    ],
    ['pending while it is only processed', { status: { confirmationStatus: 'processed' } }, { kind: 'pending' }],
    [
      'confirmed where and when it landed',
      { status: { confirmationStatus: 'confirmed' } },
      { kind: 'confirmed', slot: 1040, blockTime: 1_700_000_000_000 },
    ],
    [
      'finalized, also long after its last valid height',
      { height: 9999, status: { confirmationStatus: 'finalized' } },
      { kind: 'finalized', slot: 1040, blockTime: 1_700_000_000_000 },
    ],
    [
      'pending when it failed and could still succeed on another fork',
      { status: { confirmationStatus: 'confirmed', err: 'x' } },
      { kind: 'pending' },
    ],
    [
      'failed when that is final',
      { status: { confirmationStatus: 'finalized', err: { Custom: 1 } } },
      { kind: 'failed', slot: 1040, error: '{"Custom":1}' },
    ],
    [
      'never known on another chain, whatever its height',
      { genesis: 'there', height: 9999 },
      { kind: 'other_chain', genesisHash: 'there' },
    ],
  ])('is %s', async (_name, seen, outcome) => {
    await expect(planOutcome(node(seen), signed)).resolves.toEqual(outcome);
  });
});
