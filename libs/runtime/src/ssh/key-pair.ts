/** Fresh Ed25519 keys in OpenSSH's own forms. Not by ssh2: about one in 250 of the private keys it writes cannot be read back. */

import { generateKeyPairSync } from 'node:crypto';
import sshpk from 'sshpk';

export interface SshKeyPair {
  /** One line: "ssh-ed25519 AAAA... comment". */
  readonly publicKey: string;
  /** OpenSSH private key, PEM, without a passphrase. */
  readonly privateKey: string;
}

export function newSshKeyPair(comment: string): SshKeyPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = sshpk.parsePrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }), 'pem');
  key.comment = comment;
  return { publicKey: key.toPublic().toString('ssh'), privateKey: key.toString('openssh') };
}
