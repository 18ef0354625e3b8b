/** An anchor in an export: right where everything before it is as it was, and found wrong where anything is not. */

import { anchored } from '@tokenos/testing/wire/anchored';
import { copyBefore, dress, drop, insertBefore, put, sealed, type Entry } from '@tokenos/testing/wire/entries';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { EXPIRED, NODE_A, SERVED, signature, STRAY } from '@tokenos/testing/wire/names';
import { audit, openAudit } from '../audit.js';

const [DAY, NEXT] = ['2026-11-23', '2026-11-24'];
const OWN = `anchor-${DAY}`;
const history = anchored(anchored(littleHistory, DAY), NEXT, DAY);

/** Somebody who changes nothing for anybody else. */
const stranger: Entry = {
  ...{ stream: 'operator-stranger', type: 'OperatorRegistered.v1', at: '2026-11-23T12:00:00.000Z', by: 'gateway' },
  data: { operatorId: 'stranger', wallet: 'Stranger'.padEnd(44, '1') },
};

/** The last fact before the first anchor comes after its beginning. */
function moved(entries: readonly Entry[]): Entry[] {
  const at = littleHistory.length;
  const [before, beginning] = entries.slice(at - 1, at + 1);
  return [...entries.slice(0, at - 1), beginning!, before!, ...entries.slice(at + 1)];
}

const findings = (entries: readonly Entry[]) => audit(sealed(entries)).findings;
/** What only the anchors' rule says of it. */
const found = (entries: readonly Entry[]) =>
  findings(entries).flatMap(({ code, stream, message }) => (code === 'anchor@1' ? [`${stream}: ${message}`] : []));

describe('the anchors of a right history', () => {
  it('are right, each over everything before it, the one before included', () => {
    expect(findings(history)).toEqual([]);
  });

  it('are held against the positions of the export, where it has them', () => {
    const seenWith = (shift: number) => {
      const opened = openAudit();
      sealed(history).forEach((envelope, index) => opened.see(envelope, `${index + 1 + shift}`));
      return opened.report().findings.map(({ stream, message }) => `${stream}: ${message}`);
    };
    expect(seenWith(0)).toEqual([]);
    const wrong = 'the last fact that it covers';
    expect(seenWith(1)).toEqual([`${OWN}: ${wrong}`, `anchor-${NEXT}: ${wrong}`]);
  });

  it('say nothing of everything where the export is only a part', () => {
    const own = history.filter(({ stream }) => stream === OWN);
    expect(audit(sealed(own), { partial: true }).findings).toEqual([]);
  });
});

describe('what happened before an anchor, changed and sealed again,', () => {
  const everything = 'everything before its beginning';
  const last = littleHistory.at(-1)!;
  const changes: readonly (readonly [string, readonly Entry[]])[] = [
    ['an amount', put(STRAY, 'PaymentSeen.v1', 'amount', '778')(history)],
    ['a time', dress(SERVED, 'AccessRevoked.v1', { at: '2026-11-23T10:04:32.001Z' })(history)],
    ['a cut tail', history.filter((_, index) => index !== littleHistory.length - 1)],
    ['a missing stream', history.filter(({ stream }) => stream !== EXPIRED)],
    ['a stream that was not there', history.flatMap((entry) => (entry === last ? [entry, stranger] : [entry]))],
    ['another order of two streams, across the beginning', moved(history)],
  ];

  it.each(changes)('is found: %s', (_, changed) => {
    expect(found(changed)).toEqual([`${OWN}: ${everything}`, `anchor-${NEXT}: ${everything}`]);
  });

  it('is found by the first anchor after it, and not by one before', () => {
    const between = insertBefore(`node-${NODE_A}`, 'NodePriced.v1', littleHistory[0]!);
    const late = [...anchored(littleHistory, DAY), stranger];
    const whole = anchored(late, NEXT, DAY);
    expect(found(whole)).toEqual([]);
    expect(found(whole.filter((entry) => entry !== stranger))).toEqual([`anchor-${NEXT}: ${everything}`]);
    expect(found(between(whole))).toHaveLength(2);
  });
});

describe('an anchor', () => {
  const wrong = (change: (entries: readonly Entry[]) => Entry[]) => found(change(anchored(littleHistory, DAY)));
  const said = 'it says what was planned and signed';

  it.each([
    [
      'begun too early',
      dress(OWN, 'AnchorBegun.v1', { at: '2026-11-23T23:59:59.999Z' }),
      ['2026-11-23 is anchored before it is over'],
    ],
    ['of other rules', put(OWN, 'AnchorBegun.v1', 'rules', 'anchor@2'), ['rules of the anchor']],
    [
      'of another day than its stream',
      put(OWN, 'AnchorBegun.v1', 'day', NEXT),
      ['the day of its stream', `${NEXT} is anchored before it is over`, 'everything before its beginning'],
    ],
    ['with another memo', put(OWN, 'AnchorPlanned.v1', 'memo', 'tokenos'), ['the memo says what is planned', said]],
    [
      'that hides a day before it',
      put(OWN, 'AnchorPlanned.v1', 'previousDay', '2026-11-22'),
      ['everything before its beginning', said],
    ],
    [
      'signed twice',
      copyBefore(OWN, 'AnchorSigned.v1', 'AnchorPublished.v1'),
      ['signed again while the bytes before can still land, or have landed'],
    ],
    ['published unsigned', drop(OWN, 'AnchorSigned.v1'), ['no signed bytes are out']],
    [
      'published by other bytes',
      put(OWN, 'AnchorPublished.v1', 'signature', signature('other')),
      ['the bytes that are out'],
    ],
    ['published by another wallet', put(OWN, 'AnchorPublished.v1', 'treasury', 'E'.repeat(44)), [said]],
    [
      'given up too early',
      insertBefore(OWN, 'AnchorPublished.v1', {
        ...{ type: 'AnchorExpired.v1', by: 'settlement' },
        data: { signature: signature('memo23'), finalizedBlockHeight: 500 },
      }),
      ['its bytes could still land', 'no signed bytes are out'],
    ],
  ])('%s is found', (_, change, messages) => {
    expect(wrong(change)).toEqual(messages.map((message) => `${OWN}: ${message}`));
  });

  it('of a day before the last one is found', () => {
    const late = anchored(anchored(littleHistory, DAY), '2026-11-22', DAY);
    expect(found(late)).toEqual([`anchor-2026-11-22: 2026-11-22 is anchored after ${DAY}`]);
  });

  it('out of order is found', () => {
    const codes = (change: (entries: readonly Entry[]) => Entry[]) =>
      findings(change(anchored(littleHistory, DAY))).map(({ code, message }) => `${code} ${message}`);
    expect(codes(copyBefore(OWN, 'AnchorBegun.v1', 'AnchorPlanned.v1'))).toEqual(['order an anchor begins once']);
    expect(codes(copyBefore(OWN, 'AnchorPlanned.v1', 'AnchorSigned.v1'))).toEqual(['order it is counted already']);
    expect(codes(drop(OWN, 'AnchorBegun.v1'))).toEqual(Array(3).fill('order this anchor was not begun'));
    expect(codes(drop(OWN, 'AnchorPlanned.v1'))[0]).toBe('order nothing is counted yet');
  });
});
