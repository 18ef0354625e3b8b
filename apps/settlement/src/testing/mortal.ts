/** A process that dies at its nth step: before the step takes effect, or after it, when nobody hears of it any more. */

import type { Parts } from '../parts.js';

export class Died extends Error {
  override readonly name = 'Died';
}

export type When = 'before' | 'after';

/** Every call on the chain, on the store and on what is kept is a step; from the nth on this process does nothing any more. */
export function mortal(parts: Parts, step: number, when: When): Parts {
  let steps = 0;
  const guard = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]): Promise<unknown> => {
          steps += 1;
          if (steps > step || (steps === step && when === 'before')) throw new Died();
          const result: unknown = await Reflect.apply(member, target, args);
          if (steps === step) throw new Died();
          return result;
        };
      },
    });
  const { chain, act, store, quotes, wallets, scans, heads } = parts;
  return {
    ...parts,
    ...{ chain: guard(chain), act: guard(act), store: guard(store) },
    ...{ quotes: guard(quotes), wallets: guard(wallets), scans: guard(scans), heads: guard(heads) },
  };
}
