/** What reputation is reminded of by each fact. */

import { GENESIS_HASH, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { nodeStream, operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { HOUR, MINUTE } from '@tokenos/domain/time';
import { NO_RECORD, reputation } from '@tokenos/domain/reputation/reputation';
import { address, uuid } from '@tokenos/testing/generators/names';
import {
  ended,
  failed,
  meterClosed,
  metered,
  placed,
  received,
  RENTAL,
  requested,
  started,
} from '@tokenos/testing/generators/sample-facts';
import { enrolled } from '@tokenos/testing/generators/sample-node';
import { reactions } from './reactions.js';

const AT = Date.parse('2026-11-25T23:59:59.999Z');
const MIDNIGHT = AT + 1;

const sealed = (stream: string, stored: { type: string; data: Envelope['data'] }): Envelope => ({
  ...stored,
  ...{ id: uuid('f', 1), stream, revision: 0, at: new Date(AT).toISOString(), by: 'spec' },
  ...{ correlationId: 'spec', causationId: 'spec', prevHash: GENESIS_HASH, hash: GENESIS_HASH },
});
const toRental = (fact: Parameters<typeof rentalStream.encode>[0]) =>
  reactions(sealed(`rental-${RENTAL}`, rentalStream.encode(fact)));
const toOperator = (fact: Parameters<typeof operatorStream.encode>[0]) =>
  reactions(sealed('operator-op', operatorStream.encode(fact)));
const due = (dueAt: number) => [{ do: 'schedule', kind: 'recompute', key: 'op', dueAt }];

describe('reputation is reminded', () => {
  it('by a new operator: of its first score, early on the next day', () => {
    const data = { operatorId: 'op', wallet: address('Worker') };
    expect(toOperator({ type: 'OperatorRegistered', data })).toEqual(due(MIDNIGHT + 5 * MINUTE));
  });

  it('by a score: of that of the day after, however late it was itself', () => {
    const data = { day: '2026-11-20', rules: 'reputation@1', inputs: NO_RECORD, ...reputation(NO_RECORD) };
    expect(toOperator({ type: 'ReputationRecomputed', data })).toEqual(due(MIDNIGHT - 5 * 24 * HOUR + 5 * MINUTE));
  });

  it.each([
    ['an attempt that failed by the operator’s fault', failed()],
    ['an end by the operator’s fault', ended('operator_withdrew', AT, 'operator')],
    ['a meter that closed', meterClosed(1, 2)],
    ['a rating', { type: 'RentalRated', data: { stars: 4, ratedAt: AT } } as const],
    [
      'a machine lost under a rental',
      {
        type: 'RentalInterrupted',
        data: { attempt: 1, operatorId: 'op', why: 'silent', fault: 'operator', interruptedAt: AT },
      } as const,
    ],
  ])('by %s: to write down what the rental came to', (_, fact) => {
    expect(toRental(fact)).toEqual([{ do: 'schedule', kind: 'note', key: RENTAL, dueAt: AT }]);
  });

  it('by nothing else', () => {
    const others = [requested, received(), placed(), started(), metered(0, '1'), ended('buyer_stopped', AT)];
    for (const fact of others) expect(toRental(fact)).toEqual([]);
    expect(reactions(sealed(`node-${uuid('c', 1)}`, nodeStream.encode(enrolled)))).toEqual([]);
    const data = { wallet: address('Newer'), effectiveAt: AT };
    expect(toOperator({ type: 'OperatorWalletChanged', data })).toEqual([]);
  });
});
