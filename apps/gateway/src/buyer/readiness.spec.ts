/** What a request is told of its wait before it is paid: nothing better than what can be kept. */

import { usdc } from '@tokenos/domain/money';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import type { Prospect } from '../view/machines.js';
import { AFTER_NOTICE, prospectsOf, type Asked } from './readiness.js';

const machine = (change: Partial<Prospect> = {}): Prospect => ({
  nodeId: 'node-1',
  operatorId: 'operator-1',
  online: true,
  verified: true,
  draining: false,
  gpuTier: 'H100',
  region: 'eu-de',
  rateMicroUsdcPerHour: usdc(5_840_000n),
  reputationBps: 9_000,
  idleGpus: 0,
  spotGpus: 0,
  reserved: [],
  gpus: 8,
  tieBreak: 'a',
  ...change,
});
const asked = (change: Partial<Asked['terms']> = {}, more: Partial<Asked> = {}): Asked => ({
  terms: {
    ...{ gpuTier: 'H100', gpuCount: 2, tier: 'ON_DEMAND', minutes: 60, region: null, minReputationBps: null },
    ...{ maxWaitMs: MINUTE, label: null, ...change },
  },
  ...{ cap: null, allowQueue: false, spotReserve: 0, ...more },
});
const codeOf = (prospects: ReturnType<typeof prospectsOf>) =>
  prospects.kind === 'refused' ? prospects.problem.code : prospects.ready.why;

const idle = machine({ idleGpus: 2 });
const yielding = machine({ nodeId: 'node-2', idleGpus: 1, spotGpus: 1 });
const elsewhere = machine({ nodeId: 'node-3', region: 'us-east', idleGpus: 8 });
const patient = { maxWaitMs: AFTER_NOTICE };

describe('a request', () => {
  it('that finds an idle machine has it within seconds, at the rate of the best', () => {
    const prospects = prospectsOf(asked(), [idle, machine({ idleGpus: 2, rateMicroUsdcPerHour: usdc(5_000_000n) })]);
    expect(prospects).toMatchObject({ rateMicroUsdcPerHour: 5_000_000n, ready: { inSeconds: 5, why: 'idle' } });
  });

  it('that finds none idle has one whose SPOT rentals make way, and is told that it takes two minutes', () => {
    expect(prospectsOf(asked(patient), [yielding])).toMatchObject({ ready: { inSeconds: 120, why: 'after_notice' } });
  });

  it('that does not wait so long is told what to send', () => {
    const prospects = prospectsOf(asked({ maxWaitMs: AFTER_NOTICE - SECOND }), [yielding]);
    expect(prospects).toMatchObject({
      problem: {
        code: 'longer_wait_needed',
        status: 409,
        detail: expect.stringContaining('"maxWaitSeconds": 120') as string,
        errors: [{ pointer: '/maxWaitSeconds' }],
      },
    });
  });

  it('for SPOT displaces nobody; a RESERVED one does', () => {
    expect(codeOf(prospectsOf(asked({ ...patient, tier: 'SPOT' }), [yielding]))).toBe('no_capacity');
    const here = { ...patient, tier: 'RESERVED' as const, region: 'eu-de' };
    expect(codeOf(prospectsOf(asked(here), [yielding, elsewhere]))).toBe('after_notice');
  });

  it('that allocation would pass over for the sake of another tier is not promised a machine', () => {
    const reserved = { tier: 'RESERVED' as const, region: 'eu-de' };
    expect(codeOf(prospectsOf(asked(reserved), [idle]))).toBe('no_capacity');
    expect(codeOf(prospectsOf(asked(reserved), [idle, elsewhere]))).toBe('idle');
    const spot = asked({ tier: 'SPOT' });
    expect(codeOf(prospectsOf(spot, [idle]))).toBe('idle');
    expect(codeOf(prospectsOf({ ...spot, spotReserve: 1 }, [idle]))).toBe('no_capacity');
    const spare = machine({ nodeId: 'node-4', idleGpus: 2 });
    expect(codeOf(prospectsOf(asked(), [spare, machine({ reserved: [2] })]))).toBe('no_capacity');
  });

  it('displaces nobody where even all SPOT rentals of one machine free too few GPUs', () => {
    const half = machine({ idleGpus: 0, spotGpus: 1 });
    expect(codeOf(prospectsOf(asked(patient), [half, { ...half, nodeId: 'node-3' }]))).toBe('no_capacity');
  });

  it('that nobody can serve now may wait in the queue, where it says so, and is promised no time', () => {
    const busy = machine();
    expect(codeOf(prospectsOf(asked(), [busy]))).toBe('no_capacity');
    const queued = prospectsOf(asked({}, { allowQueue: true }), [busy]);
    expect(queued).toMatchObject({ rateMicroUsdcPerHour: 5_840_000n, ready: { inSeconds: null, why: 'queued' } });
  });

  it('waits in the queue for what nobody offers yet only at a price of its own', () => {
    expect(codeOf(prospectsOf(asked({}, { allowQueue: true }), []))).toBe('no_capacity');
    const cap = usdc(6_000_000n);
    expect(codeOf(prospectsOf(asked({}, { allowQueue: true, cap }), []))).toBe('queued');
  });

  it.each([
    ['offered', [machine({ gpuTier: 'A100', idleGpus: 8 })]],
    ['free', [machine()]],
    ['within_price', [idle]],
  ])('that is refused is told what is lacking: %s', (lack, machines) => {
    const prospects = prospectsOf(asked({}, { cap: usdc(5_000_000n) }), machines);
    const texts = { offered: /on the market/, free: /online and free/, within_price: /maxHourlyPrice/ };
    expect(prospects).toMatchObject({
      problem: { code: 'no_capacity', detail: expect.stringMatching(texts[lack as keyof typeof texts]) as string },
    });
  });
});
