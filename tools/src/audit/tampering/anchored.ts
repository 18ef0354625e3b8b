/** Tampering that agrees with itself in every rule: only the roots that were published each day tell. */

import { both } from '@tokenos/testing/wire/entries';
import { added, alter, everywhere, withoutStream, type Edit } from './edits.js';
import { anchor, machine, payment, rental, type Tampering } from './tampering.js';

const FIRST = anchor('2026-11-23');
const SECOND = anchor('2026-11-24');

/** The whole stream in front of all others, or behind them: its own chain stays as it is. */
const moved =
  (stream: string, where: 'front' | 'end'): Edit =>
  (history) => {
    const [own, rest] = [
      history.filter((one) => one.stream === stream),
      history.filter((one) => one.stream !== stream),
    ];
    return where === 'front' ? [...own, ...rest] : [...rest, ...own];
  };

export const anchored: readonly Tampering[] = [
  {
    what: 'history is rewritten from the first fact, with another buyer in it',
    on: FIRST,
    by: 'anchor@1',
    edit: everywhere('buyer-1', 'buyer-11'),
  },
  {
    what: 'a rental and its payment have never been',
    on: FIRST,
    by: 'anchor@1',
    asItIs: 'anchor@1',
    edit: both(withoutStream(rental.vanished), withoutStream(payment(6))),
  },
  {
    what: 'a stranger’s money has never come',
    on: FIRST,
    by: 'anchor@1',
    asItIs: 'anchor@1',
    edit: withoutStream(payment(10)),
  },
  {
    what: 'an operator has been there from the first who was not',
    on: FIRST,
    by: 'anchor@1',
    asItIs: 'anchor@1',
    edit: (history) => {
      const data = { operatorId: 'another', wallet: 'Another'.padEnd(44, '1') };
      const fact = { stream: 'operator-another', type: 'OperatorRegistered.v1', by: 'gateway', data };
      return moved(fact.stream, 'front')(added({ ...fact, at: '2026-11-23T10:00:00.000Z' })(history));
    },
  },
  {
    what: 'facts of later days are moved before an anchor',
    on: FIRST,
    by: 'anchor@1',
    asItIs: 'anchor@1',
    edit: moved(payment(11), 'front'),
  },
  {
    what: 'facts of days before are moved behind an anchor',
    on: FIRST,
    by: 'anchor@1',
    asItIs: 'anchor@1',
    edit: moved(payment(10), 'end'),
  },
  {
    what: 'an anchor is removed',
    on: SECOND,
    by: 'anchor@1',
    asItIs: 'anchor@1',
    edit: withoutStream(FIRST),
  },
  {
    what: 'a root is another',
    on: FIRST,
    by: 'anchor@1',
    edit: alter(FIRST, 'AnchorPlanned', (planned: object) => ({ ...planned, root: '0'.repeat(64) })),
  },
  {
    what: 'an anchor says that it lies elsewhere on the chain than it was signed for',
    on: FIRST,
    by: 'anchor@1',
    edit: alter(FIRST, 'AnchorPublished', (published: object) => ({
      ...published,
      signature: 'Another'.padEnd(88, '1'),
    })),
  },
  {
    what: 'a machine is dropped that nobody ever rented',
    on: FIRST,
    by: 'anchor@1',
    asItIs: 'anchor@1',
    edit: withoutStream(machine(4)),
  },
];
