/** What the gateway's own parts are injected by. */

/** TokenVerifier */
export const TOKEN_VERIFIER = Symbol('TOKEN_VERIFIER');
/** Jwks: the public keys, as served. */
export const JWKS = Symbol('JWKS');
/** Entropy: everything random. */
export const ENTROPY = Symbol('ENTROPY');
/** () => DeclaredRoute[]: every route of the gateway. */
export const API_ROUTES = Symbol('API_ROUTES');
