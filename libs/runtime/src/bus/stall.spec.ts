import { isStalled, type Observation } from './stall.js';

const still: Observation = { pending: 3, delivered: 7, unanswered: 0, busy: false };

describe('a consumer', () => {
  it('is stalled when messages wait and none comes, three looks in a row', () => {
    expect(isStalled([still, still, still], 256)).toBe(true);
    expect(isStalled([still, still], 256)).toBe(false);
  });

  it.each([
    ['something was delivered meanwhile', { ...still, delivered: 8 }],
    ['nothing waits', { ...still, pending: 0 }],
    ['we are at work', { ...still, busy: true }],
    ['as many as allowed are unanswered, in another process or after a crash', { ...still, unanswered: 256 }],
  ])('is not stalled when %s', (_why, moved) => {
    expect(isStalled([still, still, moved], 256)).toBe(false);
    expect(isStalled([moved, still, still], 256)).toBe(false);
    expect(isStalled([still, moved, still], 256)).toBe(false);
  });

  it('is judged by its latest looks only', () => {
    expect(isStalled([{ ...still, pending: 0 }, still, still, still], 256)).toBe(true);
  });
});
