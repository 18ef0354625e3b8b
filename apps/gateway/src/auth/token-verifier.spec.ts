import { AUDIENCE, ISSUER, jwks, LOCAL_ISSUER } from '@tokenos/contracts/api/auth';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { bearerOf, tokenVerifier } from './token-verifier.js';

async function issuer() {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const keys = jwks.parse({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1' }] });
  const sign = (iss: string) =>
    new SignJWT({ roles: ['buyer'] })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' })
      .setIssuer(iss)
      .setAudience(AUDIENCE)
      .setSubject('buyer-1')
      .setIssuedAt()
      .setExpirationTime('1 minute')
      .sign(privateKey);
  return { keys, sign, privateKey };
}

describe('a local token', () => {
  it('is good in local mode', async () => {
    const { keys, sign } = await issuer();
    await expect(tokenVerifier(keys, 'local').verify(await sign(LOCAL_ISSUER))).resolves.toEqual({
      id: 'buyer-1',
      roles: ['buyer'],
    });
  });

  it('is worth nothing in production, where the platform’s own are good', async () => {
    const { keys, sign } = await issuer();
    const verifier = tokenVerifier(keys, 'production');
    await expect(verifier.verify(await sign(LOCAL_ISSUER))).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(verifier.verify(await sign(ISSUER))).resolves.toMatchObject({ id: 'buyer-1' });
  });
});

it('a key set keeps no private part, whatever the file held', async () => {
  const { privateKey } = await issuer();
  const parsed = jwks.parse({ keys: [{ ...(await exportJWK(privateKey)), kid: 'k1' }] });
  expect(Object.keys(parsed.keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
});

describe('a bearer token', () => {
  it.each([
    ['Bearer a.b.c', 'a.b.c'],
    ['bearer a-b._c.d', 'a-b._c.d'],
    ['Bearer', null],
    ['Bearer a.b', null],
    ['Basic a.b.c', null],
    ['Bearer a.b.c d', null],
    [undefined, null],
  ])('in %p is %p', (header, token) => {
    expect(bearerOf(header)).toBe(token);
  });
});
