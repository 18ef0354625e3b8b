/** What each fact makes due for carbon. Pure: the duty re-reads its stream and decides again. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { DutyChange } from '@tokenos/runtime/views/duty';

export type DutyKind = 'attribute';

export function reactions(envelope: Envelope): readonly (DutyChange & { readonly kind: DutyKind })[] {
  if (categoryOf(envelope.stream) !== 'rental') return [];
  if (rentalStream.decode(envelope).type !== 'MeterClosed') return [];
  return [{ do: 'schedule', kind: 'attribute', key: idOf(envelope.stream), dueAt: Date.parse(envelope.at) }];
}
