/** Facts as other services append them: decided by nobody, but sealed and chained as the store has them. */

import { seal } from '@tokenos/contracts/envelope/seal';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import type { StreamKind } from '@tokenos/contracts/facts/streams';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { randomIds } from '@tokenos/runtime/ids';

export async function appendFacts<State, Command, Fact>(
  store: EventStore,
  kind: StreamKind<State, Command, Fact>,
  id: string,
  facts: readonly Fact[],
  atMs: number,
): Promise<readonly Envelope[]> {
  const stream = `${kind.category}-${id}`;
  const head = (await store.read(stream)).at(-1) ?? null;
  const at = new Date(atMs).toISOString();
  const origin = { at, by: 'elsewhere', correlationId: 'spec', causationId: 'spec' };
  const envelopes: Envelope[] = [];
  for (const fact of facts) {
    envelopes.push(seal(envelopes.at(-1) ?? head, { id: randomIds.next(), stream, ...kind.encode(fact), ...origin }));
  }
  await store.append(stream, head?.revision ?? -1, envelopes);
  return envelopes;
}
