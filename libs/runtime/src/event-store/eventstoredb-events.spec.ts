import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { AlienEvent, isBehind, toEnvelope, toEvent, toPosition, toText } from './eventstoredb-events.js';
import { BadPosition } from './port.js';

const [fact] = envelopes('rental-1', 6, { b: 1, a: [null] });
const { id, type, data, metadata } = toEvent(fact!);
const recorded = { id, streamId: 'rental-1', revision: 7n, type, data, metadata, isJson: true };

describe('an event', () => {
  it('is the fact, and gives it back to the byte', () => {
    expect(JSON.stringify(toEnvelope(recorded))).toBe(JSON.stringify(fact));
  });

  it('holds nothing twice', () => {
    const text = JSON.stringify(toEvent(fact!));
    for (const once of [fact!.id, fact!.type, fact!.hash, fact!.prevHash]) expect(text.split(once)).toHaveLength(2);
    expect(text).not.toContain('rental-1');
  });

  it.each([
    ['metadata', { ...recorded, metadata: undefined }],
    ['all of a fact’s metadata', { ...recorded, metadata: { by: 'a stranger' } }],
    ['no more than a fact’s metadata', { ...recorded, metadata: { ...(metadata as object), more: 1 } }],
    ['JSON', { ...recorded, isJson: false }],
  ])('without %s is no fact of ours', (_, event) => {
    expect(() => toEnvelope(event)).toThrow(new AlienEvent('rental-1', 7n));
  });
});

describe('a position', () => {
  it('comes back from its text', () => {
    const position = { commit: 2n ** 63n - 1n, prepare: 0n };
    expect(toPosition(toText(position))).toEqual(position);
  });

  it.each(['', '7', '7-', '-7', '7-7-7', `${2n ** 63n}-0`, `0-${2n ** 63n}`])('is not %j', (text) => {
    expect(() => toPosition(text)).toThrow(BadPosition);
  });

  it('is behind another by its commit, and among equals by where it was prepared', () => {
    const at = (commit: bigint, prepare: bigint) => ({ commit, prepare });
    expect(isBehind(at(2n, 0n), at(1n, 9n))).toBe(true);
    expect(isBehind(at(1n, 9n), at(2n, 0n))).toBe(false);
    expect(isBehind(at(1n, 2n), at(1n, 1n))).toBe(true);
    expect(isBehind(at(1n, 1n), at(1n, 1n))).toBe(false);
  });
});
