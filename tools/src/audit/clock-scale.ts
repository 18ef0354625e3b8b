/** `--clock-scale`, the same wherever it can be said. */

import { InvalidArgumentError } from 'commander';

/** For commander, which names the option. */
export function clockScale(text: string): number {
  const scale = Number(text);
  if (!(scale >= 1)) throw new InvalidArgumentError('It is a number from 1 on.');
  return scale;
}
