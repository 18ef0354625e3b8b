/** A connection to a Solana RPC whose every call ends: no web socket, no silent retries, a time limit on each request. */

import { Connection } from '@solana/web3.js';

const RPC_TIMEOUT_MS = 5_000;

export function connect(rpcUrl: string): Connection {
  return new Connection(rpcUrl, {
    commitment: 'confirmed',
    disableRetryOnRateLimit: true,
    httpAgent: false,
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(RPC_TIMEOUT_MS) }),
  });
}
