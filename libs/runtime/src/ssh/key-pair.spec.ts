import ssh2 from 'ssh2';
import { newSshKeyPair } from './key-pair.js';

describe('a fresh ssh key', () => {
  it('can be read back, every time', () => {
    for (let times = 0; times < 200; times++) {
      const { publicKey, privateKey } = newSshKeyPair('tokenos');
      const read = ssh2.utils.parseKey(privateKey);
      if (read instanceof Error) throw read;
      expect(`ssh-ed25519 ${read.getPublicSSH().toString('base64')} tokenos`).toBe(publicKey);
    }
  });

  it('is another one each time', () => {
    expect(newSshKeyPair('x').publicKey).not.toBe(newSshKeyPair('x').publicKey);
  });
});
