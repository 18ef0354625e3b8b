import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { Undecodable } from '../bus/failures.js';
import { categoryOf, parseEnvelope } from './envelope-payload.js';

describe('a fact from the bus', () => {
  const [envelope] = envelopes('rental-1', -1, { amountMicroUsdc: '5840000', nested: [null, true] });

  it('comes back as it was sent', () => {
    expect(parseEnvelope(JSON.parse(JSON.stringify(envelope)))).toEqual(envelope);
  });

  it.each([
    ['null', null],
    ['text', 'fact'],
    ['a field too many', { ...envelope, extra: 1 }],
    ['a field too few', { ...envelope, hash: undefined }],
    ['a negative revision', { ...envelope, revision: -1 }],
    ['a type without its version', { ...envelope, type: 'RentalEnded' }],
    ['a time that is none', { ...envelope, at: 'yesterday' }],
  ])('is undecodable as %s', (_what, payload) => {
    expect(() => parseEnvelope(payload)).toThrow(Undecodable);
  });

  it('names every fault at once', () => {
    expect(() => parseEnvelope({ ...envelope, revision: 'x', by: '' })).toThrow(/revision[\s\S]*by|by[\s\S]*revision/);
  });

  it('belongs to the category before the first dash', () => {
    expect(categoryOf('rental-0190-aaaa')).toBe('rental');
    expect(categoryOf('odd')).toBe('odd');
  });
});
