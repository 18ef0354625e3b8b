/** Checks access tokens: EdDSA and nothing else, known key, issuer, audience, kind of token, lifetime, roles. */

import {
  accessClaims,
  AUDIENCE,
  ISSUER,
  LOCAL_ISSUER,
  TOKEN_ALGORITHM,
  TOKEN_TYPE,
  type Jwks,
} from '@tokenos/contracts/api/auth';
import { createLocalJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { problemOf } from '../problem/problem.js';
import type { Principal } from './access.js';

export interface TokenVerifier {
  /** Throws the problem `unauthenticated`, without saying which check failed. Lifetimes are wall time: tokens are no part of a rental's story. */
  verify(token: string): Promise<Principal>;
}

export function tokenVerifier(jwks: Jwks, mode: 'local' | 'production'): TokenVerifier {
  const find = createLocalJWKSet(jwks);
  // A set with one key would match a header that names none.
  const keyOf: JWTVerifyGetKey = (header, token) => {
    if (typeof header.kid !== 'string') throw new errors.JWKSNoMatchingKey();
    return find(header, token);
  };
  const issuer = mode === 'local' ? [ISSUER, LOCAL_ISSUER] : [ISSUER];
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          algorithms: [TOKEN_ALGORITHM],
          audience: AUDIENCE,
          issuer,
          typ: TOKEN_TYPE,
          requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp'],
        });
        const { sub, roles } = accessClaims.parse(payload);
        return { id: sub, roles };
      } catch {
        throw problemOf('unauthenticated');
      }
    },
  };
}

/** The token of `Authorization: Bearer <token>`, or null. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1] ?? null;
}
