import type { EvidenceMinute } from '@tokenos/contracts/export/evidence-body';
import { dress, put, sealed, type Entry } from '@tokenos/testing/wire/entries';
import { beat, littleMinutes, probed, proven, type Proven } from '@tokenos/testing/wire/little-evidence';
import { NODE_A, NODE_B, SERVED, STOPPED, time } from '@tokenos/testing/wire/names';
import { generateKeyPairSync } from 'node:crypto';
import { audit, openAudit, type AuditOptions } from '../audit.js';

const complete: AuditOptions = { requireSettled: true, evidence: 'required' };
const stranger = generateKeyPairSync('ed25519').privateKey;

const found = ({ entries, evidence }: Proven, options = complete) =>
  audit(sealed(entries), options, evidence).findings.map(({ code, message }) => ({ code, message }));

/** The evidence with its `nth` minute changed; its UsageMetered names the changed one. */
const minuteOf = (nth: number, change: Partial<EvidenceMinute>): Proven =>
  proven(littleMinutes.map((minute, index) => (index === nth ? { ...minute, ...change } : minute)));
const history = (change: (entries: readonly Entry[]) => Entry[]): Proven => {
  const right = proven();
  return { ...right, entries: change(right.entries) };
};
const broken = (body: (text: string) => string): Proven => {
  const right = proven();
  return { ...right, evidence: right.evidence.map((one) => ({ ...one, body: body(one.body) })) };
};
const bitmap = (nth: number, bits: string): Proven => history(put(SERVED, 'UsageMetered.v1', 'bitmap', bits, nth));
const [first] = littleMinutes;
const leases = first!.heartbeat!.message.leases;
const withLease = (change: Partial<(typeof leases)[number]>) =>
  beat('01:05', { leases: [{ ...leases[0]!, ...change }] });

describe('minutes with their evidence', () => {
  it('are right where each follows from it', () => {
    expect(found(proven())).toEqual([]);
  });

  it('are judged whether evidence comes before its facts, after them or twice', () => {
    const { entries, evidence } = proven();
    const facts = sealed(entries);
    for (const [early, late] of [
      [evidence, []],
      [[], evidence],
      [evidence, evidence],
    ] as const) {
      const opened = openAudit(complete);
      for (const one of early) opened.seeEvidence(one);
      for (const fact of facts) opened.see(fact);
      for (const one of late) opened.seeEvidence(one);
      expect(opened.report().findings).toEqual([]);
    }
    const opened = openAudit(complete);
    for (const one of minuteOf(0, { heartbeat: null }).evidence) opened.seeEvidence(one);
    for (const fact of sealed(minuteOf(0, { heartbeat: null }).entries)) opened.see(fact);
    expect(opened.report().findings.map(({ code }) => code)).toContain('minutes@1');
  });

  it('are taken as they are where no evidence is wanted', () => {
    expect(found({ ...bitmap(0, '10'), evidence: [] }, { requireSettled: true })).toEqual([]);
  });
});

describe('missing evidence', () => {
  const none = { ...proven(), evidence: [] };
  const missing = { code: 'minutes@1', message: 'its evidence is missing' };

  it('is found where all of it is required, and not where only some is there', () => {
    expect(found(none)).toEqual([missing, missing]);
    expect(found(none, { evidence: 'if present' })).toEqual([]);
    expect(found({ ...none, evidence: proven().evidence.slice(1) })).toEqual([missing]);
  });

  it('may be found out to be required at the very end', () => {
    const opened = openAudit({ evidence: 'if present' });
    for (const fact of sealed(none.entries)) opened.see(fact);
    expect(opened.report('required').findings).toHaveLength(2);
  });

  it('is no fault once the platform need not have kept it', () => {
    const last = `node-${NODE_B}`;
    const later = (day: string) =>
      found({ ...none, entries: dress(last, 'NodeVerified.v1', { at: `${day}T10:05:00.000Z` })(none.entries) });
    expect(later('2027-02-20').filter(({ message }) => message === missing.message)).toHaveLength(0);
    expect(later('2027-02-19').filter(({ message }) => message === missing.message)).toHaveLength(2);
  });
});

describe('forged evidence is found, and named:', () => {
  const forgeries: readonly (readonly [string, string, Proven])[] = [
    [
      'other bytes than the fact names',
      'SHA-256 of the evidence',
      broken((text) => text.replace('"seq":1', '"seq":2')),
    ],
    ['of another rental', 'what the evidence is about', proven(littleMinutes, STOPPED.slice('rental-'.length))],
    ['of other minutes', 'what the evidence is about', minuteOf(1, { index: 2 })],
    ['of fewer minutes than the bitmap', 'what the evidence is about', bitmap(1, '11')],
    ['with a field too many', 'cannot be read', minuteOf(0, { why: 'so' } as never)],
    ['a served minute without a heartbeat', 'minute 0, by its evidence', minuteOf(0, { heartbeat: null })],
    ['signed by a stranger', 'is not signed', minuteOf(0, { heartbeat: beat('01:05', {}, stranger) })],
    [
      'changed after it was signed',
      'is not signed',
      minuteOf(0, { heartbeat: { ...first!.heartbeat!, message: { ...first!.heartbeat!.message, seq: 7 } } }),
    ],
    ['of another node', 'is of node', minuteOf(0, { heartbeat: beat('01:05', { nodeId: NODE_B }) })],
    ['of another lease', 'does not name this lease', minuteOf(0, { heartbeat: withLease({ rentalId: NODE_A }) })],
    ['of another attempt', 'does not name this lease', minuteOf(0, { heartbeat: withLease({ attempt: 2 }) })],
    [
      'of a lease that failed',
      'says that the lease is failed',
      minuteOf(0, { heartbeat: withLease({ state: 'failed' }) }),
    ],
    ['of another GPU', 'GPU GPU-opa-0', minuteOf(0, { heartbeat: withLease({ gpuUuids: ['GPU-opa-1'] }) })],
    [
      'of a broken GPU',
      'GPU GPU-opa-0',
      minuteOf(0, { heartbeat: beat('01:05', { gpus: [{ uuid: 'GPU-opa-0', model: 'x', healthy: false }] }) }),
    ],
    ['a heartbeat of the minute before', 'arrived in another minute', minuteOf(2, { heartbeat: beat('02:59') })],
    ['a heartbeat of the next minute', 'arrived in another minute', minuteOf(2, { heartbeat: beat('04:00') })],
    ['a served minute without a probe', 'minute 2, by its evidence', minuteOf(2, { probe: null })],
    ['a probe that failed', 'minute 2, by its evidence', minuteOf(2, { probe: probed('03:30', { succeeded: false }) })],
    ['a probe 121 s before the end', 'minute 2, by its evidence', minuteOf(2, { probe: probed('01:59') })],
    ['a probe after the end', 'began after the minute', minuteOf(2, { probe: probed('04:00') })],
    ['a probe of another attempt', 'is of another machine', minuteOf(2, { probe: probed('03:30', { attempt: 2 }) })],
    ['a probe of another node', 'is of another machine', minuteOf(2, { probe: probed('03:30', { nodeId: NODE_B }) })],
    [
      'a probe of another rental',
      'is of another machine',
      minuteOf(2, { probe: probed('03:30', { rentalId: NODE_B }) }),
    ],
    ['a probe dated otherwise', 'is dated otherwise', minuteOf(2, { probe: { ...probed('03:30'), at: 1 } })],
    ['a probe that was passed over', 'minute 0 was not judged', minuteOf(1, { probe: probed('01:45') })],
    ['probes that go back in time', 'minute 0 was not judged', minuteOf(1, { probe: probed('01:15') })],
    ['a verdict that is not the bit', 'minute 0, as its evidence', minuteOf(0, { served: false })],
    ['a minute billed that was not served', 'minute 1, by its evidence', bitmap(0, '11')],
    ['a served minute that is not billed', 'minute 0, by its evidence', bitmap(0, '00')],
    [
      'minutes of a rental that had ended',
      'minute 2, by its evidence',
      history(put(SERVED, 'RentalEnded.v1', 'effectiveAt', time('03:40'))),
    ],
    [
      'by a machine whose key is another',
      'is not signed',
      history(put(`node-${NODE_A}`, 'NodeEnrolled.v1', 'nodeKey', 'A'.repeat(43))),
    ],
    [
      'named by two facts',
      'names the evidence of another',
      history((entries) => put(SERVED, 'UsageMetered.v1', 'evidenceSha256', proven().evidence[0]!.sha256, 1)(entries)),
    ],
    [
      'under another label',
      'is said to be about',
      { ...proven(), evidence: proven().evidence.map((one) => ({ ...one, firstMinute: one.firstMinute + 1 })) },
    ],
  ];

  it.each(forgeries)('%s', (_, says, forged) => {
    const own = found(forged).filter(({ code }) => code === 'minutes@1');
    expect(own.map(({ message }) => message).join('\n')).toContain(says);
  });

  it('a probe exactly 120 s before the end is none of them', () => {
    expect(found(minuteOf(2, { probe: probed('02:00') }))).toEqual([]);
  });

  it('text that is no JSON', () => {
    const right = proven();
    const evidence = right.evidence.map((one) => ({ ...one, body: '{' }));
    expect(found({ ...right, evidence }).map(({ code }) => code)).toContain('minutes@1');
  });
});

describe('an export without the nodes', () => {
  it('cannot show who signed, and says so unless it is partial', () => {
    const { entries, evidence } = minuteOf(0, { heartbeat: beat('01:05', {}, stranger) });
    const without = { evidence, entries: entries.filter(({ stream }) => stream !== `node-${NODE_A}`) };
    expect(found(without, { evidence: 'required', partial: true })).toEqual([]);
    const messages = found(without).map(({ message }) => message);
    expect(messages).toContain(`nobody knows the key of node ${NODE_A}`);
  });
});
