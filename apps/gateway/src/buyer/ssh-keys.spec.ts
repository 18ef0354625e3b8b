import { systemEntropy } from '../entropy.js';
import { readSshKey, readSshKeys } from './ssh-keys.js';

const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ1mJt0Zp0pQnTDqDPEkQpEpTiZm2dQ1tQ8lS0eVZQ1';

describe('an SSH key', () => {
  it('is read without its comment, with the fingerprint that ssh-keygen prints', () => {
    expect(readSshKey(`${line} me@home`)).toEqual({
      publicKey: line,
      fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
    });
  });

  it.each([
    ['nothing', ''],
    ['words', 'hello world'],
    ['half a key', line.slice(0, 40)],
    ['options before it', `command="sh" ${line}`],
    ['two in one', `${line}\n${line}`],
    ['an old algorithm', 'ssh-dss AAAAB3NzaC1kc3MAAACBAA=='],
    ['a private key', systemEntropy.sshKey().privateKey],
  ])('is not %s', (_what, text) => {
    expect(readSshKey(text)).toBeNull();
  });

  it('is taken once, however often it is given', () => {
    expect(readSshKeys([line, `${line} again`])).toHaveLength(1);
  });
});

describe('what is random', () => {
  it('is a new reference each time: 32 bytes, base58', () => {
    const references = Array.from({ length: 50 }, () => systemEntropy.reference());
    expect(new Set(references).size).toBe(50);
    for (const reference of references) expect(reference).toMatch(/^[1-9A-HJ-NP-Za-km-z]{40,44}$/);
  });

  it('is a surplus of 1 to 9,999 micro-USDC', () => {
    const drawn = Array.from({ length: 2_000 }, () => systemEntropy.surplusMicroUsdc());
    expect(drawn.every((surplus) => surplus >= 1n && surplus <= 9_999n)).toBe(true);
  });

  it('is a key pair whose public half can be read back', () => {
    const { publicKey, privateKey } = systemEntropy.sshKey();
    expect(readSshKey(publicKey)?.publicKey).toBe(publicKey.trim().split(' ').slice(0, 2).join(' '));
    expect(privateKey).toContain('BEGIN OPENSSH PRIVATE KEY');
  });
});
