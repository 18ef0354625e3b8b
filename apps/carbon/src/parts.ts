/** What carbon's duties stand on: injected, so that each can be run alone, and all of them in the simulation. */

import type { Handler } from '@tokenos/runtime/handle';

export interface Parts {
  readonly act: Pick<Handler, 'handle' | 'load'>;
}
