/** What comes from a stranger's machine before it goes into a fact. */

import { canonical } from '@tokenos/contracts/envelope/canonical';
import fc from 'fast-check';
import { plainWords } from './plain-words.js';

describe('the words of a machine', () => {
  it('stay as they are where they are plain', () => {
    expect(plainWords('connect ECONNREFUSED 203.0.113.7:2222')).toBe('connect ECONNREFUSED 203.0.113.7:2222');
    expect(plainWords('Verbindung zurückgesetzt 😀')).toBe('Verbindung zurückgesetzt 😀');
  });

  it('whatever they are, become short, canonical and free of control characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 500 }),
        fc.constantFrom('', '\ud800', '\u0000'),
        (text, odd) => {
          const words = plainWords(`${text}${odd}`);
          expect(() => canonical({ words })).not.toThrow();
          expect(words).not.toMatch(/\p{Cc}/u);
          expect([...words].length).toBeLessThanOrEqual(200);
        },
      ),
    );
  });
});
