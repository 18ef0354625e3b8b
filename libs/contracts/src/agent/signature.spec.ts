import { generateKeyPairSync } from 'node:crypto';
import { encodeNodeKey, isSignedBy, isTextSignedBy, nodePublicKey, signMessage, signText } from './signature.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const nodeKey = encodeNodeKey(publicKey);

describe('node signatures', () => {
  it('hold for the message as signed, whatever the order of its fields', () => {
    const { b, a, signature } = signMessage({ a: 1, b: ['x'] }, privateKey);
    expect(isSignedBy({ b, signature, a } as { signature: string }, nodeKey)).toBe(true);
  });

  it('break when any field changes, appears or disappears', () => {
    const signed = signMessage({ a: 1, b: 2 }, privateKey);
    const { b: _b, ...shorter } = signed;
    for (const forged of [{ ...signed, a: 2 }, { ...signed, c: 3 }, shorter]) {
      expect(isSignedBy(forged, nodeKey)).toBe(false);
    }
  });

  it('are refused, not thrown at, when malformed or made by another key', () => {
    const other = encodeNodeKey(generateKeyPairSync('ed25519').publicKey);
    expect(isTextSignedBy('x', signText('x', privateKey), other)).toBe(false);
    expect(isTextSignedBy('x', 'not base64url!', nodeKey)).toBe(false);
    expect(isTextSignedBy('x', signText('x', privateKey), 'short')).toBe(false);
    expect(
      isSignedBy({ detail: '\ud800', signature: signText('x', privateKey) } as { signature: string }, nodeKey),
    ).toBe(false);
  });

  it('carry the key as 32 raw bytes', () => {
    expect(Buffer.from(nodeKey, 'base64url')).toHaveLength(32);
    expect(encodeNodeKey(nodePublicKey(nodeKey))).toBe(nodeKey);
  });

  it('read a key once, and refuse one that is none each time', () => {
    expect(nodePublicKey(nodeKey)).toBe(nodePublicKey(nodeKey));
    for (const _ of [1, 2]) expect(() => nodePublicKey('short')).toThrow('a node key is 32 bytes');
  });
});
