/** The platform's probe keys, in memory. */

import type { SshKeyPair } from '@tokenos/runtime/ssh/key-pair';
import type { NewKeyPair, ProbeKeys } from '../ports/probe-keys.js';

export function memoryProbeKeys(newKeyPair: NewKeyPair): ProbeKeys {
  const pairs = new Map<string, Map<number, SshKeyPair>>();
  return {
    async ensure(rentalId, attempt) {
      const ofRental = pairs.get(rentalId) ?? new Map<number, SshKeyPair>();
      pairs.set(rentalId, ofRental);
      if (!ofRental.has(attempt)) ofRental.set(attempt, newKeyPair());
    },
    publicKeys: async (rentalId) =>
      new Map([...(pairs.get(rentalId) ?? [])].map(([attempt, pair]) => [attempt, pair.publicKey])),
    async privateKey(rentalId, attempt) {
      const pair = pairs.get(rentalId)?.get(attempt);
      if (pair === undefined) throw new Error(`no probe key into attempt ${attempt} of ${rentalId}`);
      return pair.privateKey;
    },
    async forget(rentalId) {
      pairs.delete(rentalId);
    },
  };
}
