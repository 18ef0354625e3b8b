/** Each clause of the Minutes rule, and the bytes that stand behind a bitmap. */

import type { Heartbeat, LeaseReport } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { evidenceBody } from '@tokenos/contracts/export/evidence-body';
import { begin, buyerBack, interrupt, resume, type Run } from '@tokenos/domain/rental/run';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import { ENDS_AT, placement, RENTAL, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import { uuid } from '@tokenos/testing/generators/names';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { memoryRepositories } from '../repositories/memory.js';
import type { Message } from '../repositories/port.js';
import { bitmapOf, type Evidence, type Heard, judge, proofOf, vouches } from './judge.js';

const placed = placement(1, { gpus: ['GPU-1', 'GPU-2'].map((uuid) => ({ uuid, leaseEpoch: 1 })) });
const run = begin(placed, STARTED_AT - 10 * SECOND, STARTED_AT, ENDS_AT);

const lease = (change: Partial<LeaseReport> = {}): LeaseReport => ({
  rentalId: RENTAL,
  attempt: 1,
  revision: 4,
  state: 'ready',
  gpuUuids: ['GPU-1', 'GPU-2'],
  sessions: 0,
  since: '2026-11-23T09:00:25.000Z',
  detail: null,
  ...change,
});
const gpu = (uuid: string, healthy = true) => ({ uuid, model: 'NVIDIA H100', healthy });
const heartbeat = (change: Partial<Heartbeat> = {}): Heartbeat => ({
  protocol: 1,
  nodeId: placed.nodeId,
  seq: 7,
  bootId: uuid('e', 1),
  sentAt: '2026-11-23T09:00:30.000Z',
  gpus: [gpu('GPU-1'), gpu('GPU-2'), gpu('GPU-3', false)],
  leases: [lease()],
  signature: 'checked before it was written down',
  ...change,
});
const probe = (change: Partial<ProbeResult> = {}): ProbeResult => ({
  nodeId: placed.nodeId,
  rentalId: RENTAL,
  attempt: 1,
  beganAt: '2026-11-23T09:00:29.000Z',
  succeeded: true,
  detail: null,
  ...change,
});

/** Milliseconds after the start. */
const heardAt = <Message>(ms: number, message: Message): Heard<Message> => ({ at: STARTED_AT + ms, message });
const minutes = (count: number, { heartbeats = [], probes = [] }: Partial<Evidence>): string =>
  bitmapOf(judge(RENTAL, run, 0, count, { heartbeats, probes }));

const everyMinute = [0, 1, 2, 3].map((k) => heardAt(k * MINUTE + 5 * SECOND, heartbeat()));
const fine = [heardAt(-SECOND, probe()), heardAt(MINUTE, probe()), heardAt(2 * MINUTE, probe())];

describe('a minute is served', () => {
  it('when a heartbeat of it and a probe that reaches it are there', () => {
    expect(minutes(4, { heartbeats: everyMinute, probes: fine })).toBe('1111');
  });

  it('by a probe from before the start, as far as that reaches', () => {
    expect(minutes(3, { heartbeats: everyMinute, probes: [heardAt(0, probe())] })).toBe('110');
    expect(minutes(3, { heartbeats: everyMinute, probes: [heardAt(-1, probe())] })).toBe('100');
  });

  it('by a heartbeat in its first millisecond or its last, and by none a millisecond away', () => {
    const second = (at: number) => minutes(3, { heartbeats: [heardAt(at, heartbeat())], probes: fine });
    expect(second(MINUTE)).toBe('010');
    expect(second(2 * MINUTE - 1)).toBe('010');
    expect(second(MINUTE - 1)).toBe('100');
    expect(second(2 * MINUTE)).toBe('001');
  });

  it('by a probe that began exactly 120 s before its end, and by none a millisecond older', () => {
    const third = (at: number) => minutes(3, { heartbeats: everyMinute, probes: [heardAt(at, probe())] })[2];
    expect(third(MINUTE)).toBe('1');
    expect(third(MINUTE - 1)).toBe('0');
  });

  it('where the machine has more cards than this rental leases, in whatever state', () => {
    expect(vouches(heartbeat(), RENTAL, placed)).toBe(true);
  });
});

describe('a minute is not served', () => {
  const unserved: readonly (readonly [string, Partial<Heartbeat>])[] = [
    ['by another node, though it names the lease', { nodeId: uuid('c', 2) }],
    ['of another attempt', { leases: [lease({ attempt: 2 })] }],
    ['of another rental', { leases: [lease({ rentalId: uuid('a', 2) })] }],
    ['that names no lease', { leases: [] }],
    ['of a lease that is still starting', { leases: [lease({ state: 'starting' })] }],
    ['of a lease that has failed', { leases: [lease({ state: 'failed' })] }],
    ['of a lease that has ended', { leases: [lease({ state: 'ended' })] }],
    ['with a leased GPU unhealthy', { gpus: [gpu('GPU-1'), gpu('GPU-2', false)] }],
    ['with a leased GPU gone', { gpus: [gpu('GPU-1')] }],
    ['with a leased GPU not given to the lease', { leases: [lease({ gpuUuids: ['GPU-1'] })] }],
  ];
  it.each(unserved)('by a heartbeat %s', (_, change) => {
    const heartbeats = [heardAt(5 * SECOND, heartbeat(change))];
    expect(minutes(1, { heartbeats, probes: fine })).toBe('0');
    expect(minutes(1, { heartbeats: [...heartbeats, heardAt(6 * SECOND, heartbeat())], probes: fine })).toBe('1');
  });

  it('without a heartbeat', () => {
    expect(minutes(1, { probes: fine })).toBe('0');
  });

  it('without a probe', () => {
    expect(minutes(1, { heartbeats: everyMinute })).toBe('0');
  });

  it('when the last probe before its end failed, whatever came before', () => {
    const failed = heardAt(MINUTE - 1, probe({ succeeded: false, detail: 'connection refused' }));
    expect(minutes(2, { heartbeats: everyMinute, probes: [heardAt(0, probe()), failed] })).toBe('00');
    expect(
      minutes(2, { heartbeats: everyMinute, probes: [heardAt(0, probe()), heardAt(MINUTE, failed.message)] }),
    ).toBe('10');
  });

  it('by a probe of another attempt or another node', () => {
    for (const other of [probe({ attempt: 2 }), probe({ nodeId: uuid('c', 2) })]) {
      expect(minutes(1, { heartbeats: everyMinute, probes: [heardAt(0, other)] })).toBe('0');
    }
  });

  it('by a probe that began at its very end: that one speaks for the next', () => {
    expect(minutes(2, { heartbeats: everyMinute, probes: [heardAt(MINUTE, probe())] })).toBe('01');
  });
});

describe('after a machine is lost', () => {
  const second = placement(2, { nodeId: uuid('c', 2), gpus: placed.gpus });
  const lost = interrupt(run, STARTED_AT + 2 * MINUTE + 1);
  const moved = resume(lost, second, STARTED_AT + 3 * MINUTE + 1);
  const there = { nodeId: second.nodeId, attempt: 2 };
  const heard: Evidence = {
    heartbeats: Array.from({ length: 10 }, (_, n) => [
      heardAt(n * MINUTE, heartbeat()),
      heardAt(n * MINUTE + 1, heartbeat({ nodeId: second.nodeId, leases: [lease({ attempt: 2 })] })),
    ]).flat(),
    probes: Array.from({ length: 10 }, (_, n) => [
      heardAt(n * MINUTE, probe()),
      heardAt(n * MINUTE + 1, probe(there)),
    ]).flat(),
  };
  const judged = (of: Run) => bitmapOf(judge(RENTAL, of, 0, 8, heard));

  it('it served to the last whole minute before, and nothing more, whatever it says', () => {
    expect(judged(lost)).toBe('11000000');
  });

  it('the next one serves only from the first minute that begins with its buyer back', () => {
    expect(judged(moved)).toBe('11000000');
    expect(judged(buyerBack(moved, STARTED_AT + 5 * MINUTE))).toBe('11000111');
    expect(judged(buyerBack(moved, STARTED_AT + 5 * MINUTE + 1))).toBe('11000011');
  });
});

describe('what is heard', () => {
  it('twice, out of order or late makes no difference to any minute', async () => {
    const messages = fc.array(
      fc.record({
        at: fc.integer({ min: -3 * MINUTE, max: 8 * MINUTE }),
        kind: fc.constantFrom('heartbeat' as const, 'probe' as const),
        good: fc.boolean(),
      }),
      { maxLength: 40 },
    );
    const deliveries = messages.chain((said) => {
      const numbered = said.map((one, index) => ({ ...one, sequence: index + 1 }));
      const twice = [...numbered, ...numbered];
      return fc.tuple(fc.constant(numbered), fc.shuffledSubarray(twice, { minLength: twice.length }));
    });
    type Said = { at: number; kind: Message['kind']; good: boolean; sequence: number };
    const saying = ({ kind, good }: Said): Message =>
      kind === 'probe'
        ? { kind, message: probe({ succeeded: good }) }
        : { kind, message: heartbeat({ leases: [lease({ state: good ? 'ready' : 'failed' })] }) };
    const minutesOf = async (told: readonly Said[]): Promise<unknown> => {
      const { ledger } = memoryRepositories();
      for (const one of told) {
        await ledger.write([RENTAL], { sequence: one.sequence, at: STARTED_AT + one.at }, saying(one));
      }
      return judge(RENTAL, run, 0, 8, await ledger.read(RENTAL, STARTED_AT));
    };
    await fc.assert(
      fc.asyncProperty(deliveries, async ([once, disorder]) => {
        expect(await minutesOf(disorder)).toEqual(await minutesOf(once));
      }),
    );
  });
});

describe('a judgement', () => {
  const evidence: Evidence = { heartbeats: everyMinute, probes: fine };

  it('of many minutes is that of each alone', () => {
    const instants = fc.array(fc.integer({ min: -2 * MINUTE, max: 10 * MINUTE }), { maxLength: 40 });
    fc.assert(
      fc.property(instants, instants, fc.integer({ min: 0, max: 9 }), (beats, asked, split) => {
        const inOrder = (times: readonly number[]) => [...times].sort((a, b) => a - b);
        const heard: Evidence = {
          heartbeats: inOrder(beats).map((at) => heardAt(at, heartbeat())),
          probes: inOrder(asked).map((at) => heardAt(at, probe({ succeeded: at % 3 !== 0 }))),
        };
        const whole = bitmapOf(judge(RENTAL, run, 0, 10, heard));
        const parts = [judge(RENTAL, run, 0, split, heard), judge(RENTAL, run, split, 10 - split, heard)];
        expect(parts.map(bitmapOf).join('')).toBe(whole);
      }),
    );
  });

  it('is proven by the very heartbeats and probes it rests on', () => {
    const { body, sha256 } = proofOf(RENTAL, judge(RENTAL, run, 1, 2, evidence));
    expect(sha256).toBe(createHash('sha256').update(body).digest('hex'));
    expect(evidenceBody.parse(JSON.parse(body))).toEqual({
      rentalId: RENTAL,
      minutes: [
        { index: 1, served: true, heartbeat: everyMinute[1], probe: fine[1] },
        { index: 2, served: true, heartbeat: everyMinute[2], probe: fine[2] },
      ],
    });
  });

  it('leads to the same bytes from the same evidence, and to others from other', () => {
    const proof = proofOf(RENTAL, judge(RENTAL, run, 0, 2, evidence));
    expect(proofOf(RENTAL, judge(RENTAL, run, 0, 2, structuredClone(evidence)))).toEqual(proof);
    const silent = { ...evidence, heartbeats: everyMinute.slice(1) };
    expect(proofOf(RENTAL, judge(RENTAL, run, 0, 2, silent)).sha256).not.toBe(proof.sha256);
  });
});
