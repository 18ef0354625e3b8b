/** The platform's own key into an attempt: fresh each time, kept here, good for one fixed signed answer and nothing else. */

import type { SshKeyPair } from '@tokenos/runtime/ssh/key-pair';

export interface ProbeKeys {
  /** Makes the attempt's key where there is none yet; twice is as good as once. */
  ensure(rentalId: string, attempt: number): Promise<void>;
  /** By attempt. */
  publicKeys(rentalId: string): Promise<ReadonlyMap<number, string>>;
  /** Throws where there is none. */
  privateKey(rentalId: string, attempt: number): Promise<string>;
  /** Once no machine holds the lease any more. */
  forget(rentalId: string): Promise<void>;
}

export type NewKeyPair = () => SshKeyPair;
