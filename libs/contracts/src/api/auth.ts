/** What an access token says, agreed between whoever issues it and the gateway that checks it. */

import { z } from 'zod';

export const ROLES = ['buyer', 'operator', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** `aud` of every access token. */
export const AUDIENCE = 'tokenos-api';
/** `iss` of tokens that the platform's own login issues. */
export const ISSUER = 'tokenos';
/** `iss` of tokens minted by the local command; only a gateway in local mode accepts them. */
export const LOCAL_ISSUER = 'tokenos-local';
/** `typ` in the header (RFC 9068): no other kind of JWT passes for an access token. */
export const TOKEN_TYPE = 'at+jwt';
export const TOKEN_ALGORITHM = 'EdDSA';

/** `sub` is the id of the buyer and of the operator: it stands in stream names and bus subjects, and says nothing about the person. */
export const subject = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

export const accessClaims = z.object({
  iss: z.enum([ISSUER, LOCAL_ISSUER]),
  aud: z.literal(AUDIENCE),
  sub: subject,
  roles: z.array(z.enum(ROLES)).min(1),
  iat: z.int(),
  exp: z.int(),
});
export type AccessClaims = z.infer<typeof accessClaims>;

/** Public keys only: a private part is dropped in parsing, so it can never be served. */
export const jwks = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
        kid: z.string().min(1),
        alg: z.literal(TOKEN_ALGORITHM).default(TOKEN_ALGORITHM),
        use: z.literal('sig').default('sig'),
      }),
    )
    .min(1),
});
export type Jwks = z.output<typeof jwks>;
