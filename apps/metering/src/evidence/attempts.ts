/** Where a rental has moved from one machine to another, its minutes fall into blocks of one attempt each. Pure. */

import { segmentOf, type Run } from '@tokenos/domain/rental/run';

/** How many of the `count` minutes from `first` on belong to the attempt of the first. */
export function ofOneAttempt(run: Run, first: number, count: number): number {
  if (count <= 0) return 0;
  const { attempt } = segmentOf(run, first).placement;
  for (let index = 1; index < count; index++) {
    if (segmentOf(run, first + index).placement.attempt !== attempt) return index;
  }
  return count;
}
