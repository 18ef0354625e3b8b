/** The canary's key, fresh at every start: the private half goes to allocation alone, the public one to the gateway. */

import { encodeNodeKey } from '@tokenos/contracts/agent/signature';
import { generateKeyPairSync } from 'node:crypto';

export interface CanaryKeys {
  /** PKCS #8, DER, base64. */
  readonly privateKey: string;
  /** The raw 32 bytes, base64url. */
  readonly publicKey: string;
}

export function newCanaryKeys(): CanaryKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicKey: encodeNodeKey(publicKey),
  };
}
