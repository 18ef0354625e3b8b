/** Random scripts for histories: mostly short waits, three rentals at once, everything shrinkable. */

import { HOUR, MINUTE, SECOND } from '@tokenos/domain/time';
import fc from 'fast-check';
import type { Step } from '../histories/history.js';

const waits = fc.constantFrom(0, 300, SECOND, 3 * SECOND, 20 * SECOND, 90 * SECOND, 5 * MINUTE, 16 * MINUTE, HOUR);

/** Scripts of at most `maxLength` steps. */
export const scripts = (maxLength: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.record({ rental: fc.nat({ max: 2 }), detail: fc.nat({ max: 1_000_000 }), wait: waits }), {
    maxLength,
    size: 'max',
  });
