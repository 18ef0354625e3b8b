/** preemption@1: whoever stands in line to yield on a machine runs there, and of those who run there nobody is left out of the line. */

import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { Note } from '../finding.js';
import type { Yielding } from '../preemption.js';
import { instant } from '../units.js';
import { READ_WITHIN_MS } from './since.js';

/** A SPOT rental on one machine. */
interface Stay {
  readonly stream: string;
  readonly from: number;
  until: number;
}

export class Spots {
  private readonly byNode = new Map<string, Stay[]>();
  private readonly last = new Map<string, Stay>();
  /** Told to yield once: planned for then, or already before. */
  private readonly asked = new Set<string>();
  private readonly readWithinMs: number;

  /** `clockScale`: how much faster than real the platform's clock ran. */
  constructor(clockScale: number) {
    this.readWithinMs = READ_WITHIN_MS * clockScale;
  }

  begin(stream: string, nodeId: string, from: number): void {
    const stay: Stay = { stream, from, until: Number.POSITIVE_INFINITY };
    const here = this.byNode.get(nodeId);
    if (here === undefined) this.byNode.set(nodeId, [stay]);
    else here.push(stay);
    this.last.set(stream, stay);
  }

  /** It is over, or its machine is lost. */
  leave(stream: string, at: number): void {
    const stay = this.last.get(stream);
    if (stay !== undefined) stay.until = Math.min(stay.until, at);
    this.last.delete(stream);
  }

  ask(stream: string): void {
    this.asked.add(stream);
  }

  /** Only once every stream is read. `since`: no plan was made before; `at`: nor after. A notice may be long on its way. */
  check({ nodeId, spot }: Pick<Yielding, 'nodeId' | 'spot'>, since: number, at: number, note: Note): void {
    const here = this.byNode.get(nodeId) ?? [];
    for (const { rentalId, startedAt } of spot) {
      const from = instant(startedAt);
      const runs = here.some(
        (stay) => idOf(stay.stream) === rentalId && stay.from === from && stay.until > since - this.readWithinMs,
      );
      if (!runs) note('preemption@1', `${rentalId} stands in line on ${nodeId}, and did not run there`);
    }
    for (const { stream, from, until } of here) {
      const isThere = from < since - this.readWithinMs && until > at && !this.asked.has(stream);
      if (!isThere || spot.some(({ rentalId }) => rentalId === idOf(stream))) continue;
      note('preemption@1', `${idOf(stream)} runs on ${nodeId}, and is left out of those who could yield`);
    }
  }
}
