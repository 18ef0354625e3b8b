/** Who calls: the address a limit is kept by. What a caller writes into X-Forwarded-For itself is not believed. */

import type { IncomingMessage } from 'node:http';

/** `proxies` of ours stand before this door; each has added, at the end, whom it heard. */
export function clientAddress(
  {
    headers,
    socket,
  }: Pick<IncomingMessage, 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } },
  proxies: number,
): string {
  const heard = [headers['x-forwarded-for'] ?? []]
    .flat()
    .flatMap((line) => line.split(','))
    .map((address) => address.trim())
    .filter((address) => address !== '');
  const chain = [...heard, socket.remoteAddress ?? ''];
  return chain[Math.max(0, chain.length - 1 - proxies)] ?? '';
}
