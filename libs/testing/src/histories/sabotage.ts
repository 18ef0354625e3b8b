/** Changes one fact of a history and seals its stream again, as a platform with a bug would have written it. */

import type { Envelope, Json } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';

/** A fact's data as a bug would have it; null where this bug does not show in it. */
export type Bug = (data: never) => unknown;

/** The history with the last fact of this type changed; null where it holds none in which the bug shows. */
export function plant(envelopes: readonly Envelope[], type: string, bug: Bug): readonly Envelope[] | null {
  for (let index = envelopes.length - 1; index >= 0; index--) {
    const envelope = envelopes[index];
    if (envelope?.type !== type) continue;
    const data = bug(envelope.data as never) as Json;
    if (data === null) continue;
    return resealed(envelopes.map((other) => (other === envelope ? { ...envelope, data } : other)));
  }
  return null;
}

export function resealed(envelopes: readonly Envelope[]): readonly Envelope[] {
  const heads = new Map<string, Envelope>();
  return envelopes.map(({ revision: _revision, prevHash: _prevHash, hash: _hash, ...unsealed }) => {
    const envelope = seal(heads.get(unsealed.stream) ?? null, unsealed);
    heads.set(envelope.stream, envelope);
    return envelope;
  });
}
