/** The local issuer: a key pair in the data directory, and access tokens that only a gateway in MODE=local accepts. */

import { AUDIENCE, LOCAL_ISSUER, TOKEN_ALGORITHM, TOKEN_TYPE, type Role } from '@tokenos/contracts/api/auth';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PRIVATE = 'local-issuer.json';
const PUBLIC = 'local-issuer.jwks.json';

export interface TokenRequest {
  /** The buyer's or operator's id. */
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly hours: number;
}

export interface LocalIssuer {
  /** What the gateway reads. */
  readonly jwksFile: string;
  mint(request: TokenRequest): Promise<string>;
}

/** Whether a platform was ever started on this data directory. */
export const hasIssuer = (dataDir: string): boolean => existsSync(join(dataDir, PRIVATE));

/** Makes the key pair where there is none yet. */
export async function openIssuer(dataDir: string): Promise<LocalIssuer> {
  const file = join(dataDir, PRIVATE);
  const known = await readFile(file, 'utf8').catch(() => null);
  const jwk = known === null ? await create(file) : (JSON.parse(known) as JWK);
  const { d: _private, ...shared } = jwk;
  const jwksFile = join(dataDir, PUBLIC);
  await writeFile(jwksFile, JSON.stringify({ keys: [shared] }));
  const key = await importJWK(jwk, TOKEN_ALGORITHM);
  const header = { alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: jwk.kid ?? '' };
  return {
    jwksFile,
    mint: ({ subject, roles, hours }) =>
      new SignJWT({ roles: [...roles] })
        .setProtectedHeader(header)
        .setIssuer(LOCAL_ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${hours}h`)
        .sign(key),
  };
}

async function create(file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const { kty, crv, x, d } = await exportJWK(privateKey);
  const jwk = { kty, crv, x, d, kid: `local-${Date.now().toString(36)}` } as JWK;
  await writeFile(file, JSON.stringify(jwk), { mode: 0o600 });
  return jwk;
}
