import fc from 'fast-check';
import { advance, unseen, UNSCANNED } from './cursor.js';
import type { AccountMark } from './port.js';
import type { SignatureEntry } from './wire.js';

type Status = NonNullable<SignatureEntry['confirmationStatus']>;

const entry = (signature: string, confirmationStatus: Status): SignatureEntry => ({
  signature,
  slot: 1,
  err: null,
  confirmationStatus,
});

const names = (entries: readonly SignatureEntry[]): string => entries.map(({ signature }) => signature).join('');

describe('the mark of a scanned account', () => {
  const listed = [entry('d', 'processed'), entry('c', 'confirmed'), entry('b', 'finalized'), entry('a', 'finalized')];

  it('hands out what is confirmed, oldest first, and nothing that is merely processed', () => {
    expect(names(unseen(listed, UNSCANNED))).toBe('abc');
  });

  it('moves over what is final and remembers what is not', () => {
    expect(advance(listed, UNSCANNED, 'c')).toEqual({ until: 'b', seen: ['c'], balance: '0' });
  });

  it('stops where a limited scan stopped', () => {
    expect(advance(listed, UNSCANNED, 'a')).toEqual({ until: 'a', seen: [], balance: '0' });
  });

  it('stays where it is when nothing new came', () => {
    const mark: AccountMark = { until: 'b', seen: ['c'], balance: '7' };
    expect(advance([entry('c', 'confirmed')], mark, null)).toEqual(mark);
    expect(advance([], { ...mark, seen: [] }, null)).toEqual({ ...mark, seen: [] });
  });

  it('forgets what was dropped before it was final', () => {
    expect(advance([], { until: 'b', seen: ['c'], balance: '0' }, null)).toEqual({
      until: 'b',
      seen: [],
      balance: '0',
    });
  });
});

/** A chain that grows, drops its newest confirmed block, or finalizes its oldest open one, between scans of some size. */
const history = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({ do: 'grow' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'drop' as const }) },
    { weight: 3, arbitrary: fc.constant({ do: 'finalize' as const }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('scan' as const), limit: fc.integer({ min: 1, max: 3 }) }) },
  ),
  { maxLength: 60 },
);

describe('any sequence of scans', () => {
  it('hands out every transaction that stays on the chain, exactly once', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const chain: SignatureEntry[] = [];
        const handedOut: string[] = [];
        let mark = UNSCANNED;
        let next = 0;
        const scan = (limit: number): void => {
          const listed = chain.slice(chain.findIndex(({ signature }) => signature === mark.until) + 1).reverse();
          const batch = unseen(listed, mark).slice(0, limit);
          handedOut.push(...batch.map(({ signature }) => signature));
          mark = advance(listed, mark, batch.at(-1)?.signature ?? null);
        };
        for (const step of steps) {
          const open = chain.findIndex(({ confirmationStatus }) => confirmationStatus === 'confirmed');
          if (step.do === 'grow') chain.push(entry(`t${next++}`, 'confirmed'));
          if (step.do === 'drop' && open !== -1) chain.pop();
          if (step.do === 'finalize' && open !== -1) chain[open] = entry(chain[open]!.signature, 'finalized');
          if (step.do === 'scan') scan(step.limit);
        }
        scan(Infinity);
        expect(new Set(handedOut).size).toBe(handedOut.length);
        expect(handedOut).toEqual(expect.arrayContaining(chain.map(({ signature }) => signature)));
      }),
    );
  });
});
