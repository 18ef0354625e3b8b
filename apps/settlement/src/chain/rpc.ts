/** JSON-RPC with a time limit and a checked shape on every answer. No retries: the caller knows what a lost answer means. */

import type { z } from 'zod';
import { ChainUnavailable } from './port.js';

export type Rpc = <T>(answer: z.ZodType<T>, method: string, ...params: readonly unknown[]) => Promise<T>;

export interface RpcOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
}

/** Throws ChainUnavailable for a time-out, a broken connection, an HTTP or RPC error, and an answer of another shape. */
export function rpcClient({ url, timeoutMs, fetch: request = fetch }: RpcOptions): Rpc {
  let id = 0;
  return async (answer, method, ...params) => {
    id += 1;
    try {
      const response = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const { result, error } = (await response.json()) as { result?: unknown; error?: { message?: unknown } };
      if (error !== undefined) throw new Error(String(error.message));
      return answer.parse(result);
    } catch (cause) {
      // The URL may carry an API key: it stays out of the message.
      throw new ChainUnavailable(`${method}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  };
}
