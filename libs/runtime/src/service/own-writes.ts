/** A service's way to append: facts name what led to them, and its own view knows them before the caller goes on. */

import type { Handled, Handler } from '../handle.js';
import type { FactFollower } from '../views/follow.js';
import { currentCause } from './cause.js';
import type { Signals } from './signals.js';

export function withOwnWrites(
  handler: Handler,
  follower: Pick<FactFollower, 'take'> | null,
  signals: Signals,
): Handler {
  async function fold<State, Fact>(handled: Handled<State, Fact>): Promise<void> {
    if (follower === null || handled.kind !== 'accepted') return;
    try {
      for (const envelope of handled.envelopes) await follower.take(envelope, 'own');
    } catch {
      // The facts are in the store for good; the bus brings them to the view in a moment.
      signals.count('own_writes_not_folded');
    }
  }
  return {
    load: (kind, id) => handler.load(kind, id),
    async handle(kind, id, command, cause) {
      const handled = await handler.handle(kind, id, command, cause ?? currentCause());
      await fold(handled);
      return handled;
    },
  };
}
