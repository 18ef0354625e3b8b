import { rentalRequest } from '@tokenos/contracts/api/rental-request';
import { SECOND } from '@tokenos/domain/time';
import { Problem } from '../problem/problem.js';
import { assertSellable, NO_CAP, statedCap, termsOf } from './terms.js';

const body = (change: object) => rentalRequest.parse({ gpuTier: 'H100', durationDays: 1, ...change });

function codeOf(change: object): string | null {
  const parsed = body(change);
  try {
    assertSellable(termsOf(parsed), statedCap(parsed) ?? NO_CAP);
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

describe('terms', () => {
  it('are one GPU, on demand, within a minute, unless said otherwise', () => {
    expect(termsOf(body({}))).toEqual({
      gpuTier: 'H100',
      gpuCount: 1,
      tier: 'ON_DEMAND',
      minutes: 1_440,
      region: null,
      minReputationBps: null,
      maxWaitMs: 60 * SECOND,
      label: null,
    });
  });

  it('count reputation in basis points and waits in milliseconds', () => {
    expect(termsOf(body({ minReputation: 85, maxWaitSeconds: 120 }))).toMatchObject({
      minReputationBps: 8_500,
      maxWaitMs: 120_000,
    });
  });

  it.each([
    ['ON_DEMAND', '5.84', 5_840_000n],
    ['SPOT', '3.504', 5_840_000n],
    ['RESERVED', '5.256', 5_840_000n],
    ['SPOT', '0.000001', 1n],
  ])('turn a maximum at %s of %s into an on-demand rate', (tier, maxHourlyPrice, cap) => {
    expect(statedCap(body({ tier, maxHourlyPrice }))).toBe(cap);
  });

  it.each([
    [{}, null],
    [{ tier: 'RESERVED', durationDays: 7 }, null],
    [{ tier: 'RESERVED', durationDays: 8 }, 'bad_reserved_term'],
    [{ gpuTier: 'X' }, 'unknown_gpu_tier'],
    [{ gpuCount: -1 }, 'bad_gpu_count'],
    [{ durationDays: 0 }, 'bad_duration'],
    [{ maxHourlyPrice: '0.0' }, 'cap_below_tier'],
  ])('%p are judged by the rules: %p', (change, code) => {
    expect(codeOf(change)).toBe(code);
  });
});
