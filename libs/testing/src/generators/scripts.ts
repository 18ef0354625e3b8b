/** Random scripts for histories: mostly short waits, four rentals at once, everything shrinkable. */

import { DAY, HOUR, MINUTE, SECOND } from '@tokenos/domain/time';
import fc from 'fast-check';
import type { Step } from '../histories/history.js';

const SHORT = [0, 300, SECOND, 3 * SECOND, 20 * SECOND, 90 * SECOND, 90 * SECOND, 5 * MINUTE];
const waits = fc.constantFrom(...SHORT, ...SHORT, ...SHORT, ...SHORT, 16 * MINUTE, 16 * MINUTE, HOUR, HOUR, DAY + HOUR);

/** Scripts of at most `maxLength` steps. */
export const scripts = (maxLength: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.record({ rental: fc.nat({ max: 3 }), detail: fc.nat({ max: 1_000_000 }), wait: waits }), {
    maxLength,
    size: 'max',
  });
