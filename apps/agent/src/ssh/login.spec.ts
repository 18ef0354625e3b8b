import { generateKeyPairSync } from 'node:crypto';
import { newSshKeyPair } from '@tokenos/runtime/ssh/key-pair';
import ssh2 from 'ssh2';
import type { Lease } from '../leases/lease.js';
import type { Door } from '../leases/ports.js';
import type { Link } from '../link/link.js';
import { desired } from '../testing/leases.js';
import { type Attempt, authenticate, fingerprint, keyBlobs } from './login.js';

interface Pair {
  readonly line: string;
  readonly blob: Buffer;
  sign(bytes: Buffer, hash?: string): Buffer;
}

function pair(privateKey: string): Pair {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const blob = key.getPublicSSH();
  return {
    line: `${key.type} ${blob.toString('base64')} a comment`,
    blob,
    sign: (bytes, hash) => key.sign(bytes, hash),
  };
}

const ed25519 = (): Pair => pair(newSshKeyPair('test').privateKey);
const rsa = pair(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
);
const [mine, platform, stranger] = [ed25519(), ed25519(), ed25519()];
const door = (): Door => ({
  lease: { entry: desired({ authorizedKeys: ['not a key', mine.line, rsa.line], probeKey: platform.line }) } as Lease,
  link: {} as Link,
});
const find = (username: string): Door | null => (username === 'buyer1' ? door() : null);
const bytes = Buffer.from('session id and request');

const attempt = (by: Pair, over: Partial<Extract<Attempt, { method: 'publickey' }>> = {}): Attempt => ({
  method: 'publickey',
  username: 'buyer1',
  key: { algo: by.line.split(' ')[0] ?? '', data: by.blob },
  blob: bytes,
  signature: by.sign(bytes),
  ...over,
});

describe('a login', () => {
  it("opens the lease of its name to the buyer's key", () => {
    expect(authenticate(attempt(mine), find)).toMatchObject({ role: 'buyer', keyBlob: mine.blob.toString('base64') });
  });

  it("knows the platform's probe by its key", () => {
    expect(authenticate(attempt(platform), find)?.role).toBe('probe');
  });

  it('with another key, another name or no key at all is refused', () => {
    expect(authenticate(attempt(stranger), find)).toBeNull();
    expect(authenticate(attempt(mine, { username: 'buyer2' }), find)).toBeNull();
    expect(authenticate({ method: 'password', username: 'buyer1' }, find)).toBeNull();
    expect(authenticate({ method: 'none', username: 'buyer1' }, find)).toBeNull();
  });

  it('with a signature by another key, or over other bytes, is refused', () => {
    expect(authenticate(attempt(mine, { signature: stranger.sign(bytes) }), find)).toBeNull();
    expect(authenticate(attempt(mine, { blob: Buffer.from('another session') }), find)).toBeNull();
    expect(authenticate(attempt(mine, { signature: Buffer.alloc(3) }), find)).toBeNull();
  });

  it('by RSA needs a modern hash', () => {
    const modern = { signature: rsa.sign(bytes, 'sha512'), hashAlgo: 'sha512' };
    expect(authenticate(attempt(rsa, modern), find)?.role).toBe('buyer');
    expect(authenticate(attempt(rsa, { signature: rsa.sign(bytes, 'sha1') }), find)).toBeNull();
  });
});

describe('keys', () => {
  it('are known by their bytes, not by their comments', () => {
    expect(keyBlobs([mine.line, 'rubbish', mine.line.replace('a comment', '')])).toEqual(
      new Set([mine.blob.toString('base64')]),
    );
  });

  it('are logged by fingerprint, as ssh-keygen prints it', () => {
    expect(fingerprint('AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl')).toBe(
      'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    );
  });
});
