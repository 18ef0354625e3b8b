/** A gateway as the source of an export: its facts, and then the evidence behind them. */

import { BadInput } from '../exit.js';
import type { Source } from '../reading/source.js';
import { download, type Gateway, type Kind } from './download.js';

/** Facts first: evidence that is asked for later is there for each of them. */
export const kinds = (evidence: boolean): readonly Kind[] => (evidence ? ['facts', 'evidence'] : ['facts']);

export const isUrl = (where: string): boolean => /^https?:\/\//i.test(where);

/** Throws BadInput for a URL that is none, or that carries more than where the gateway is. */
export function gatewayUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.search !== '') {
    throw new BadInput('a gateway is named by its address alone, as in https://gateway.example');
  }
  return url;
}

export function gatewaySource(gateway: Gateway, evidence: boolean): Source {
  let read = 0;
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const kind of kinds(evidence)) {
      for await (const line of download(gateway, kind, null)) {
        const chunk = Buffer.from(line);
        read += chunk.length;
        yield chunk;
      }
    }
  }
  return { name: gateway.url.origin, sizeBytes: null, readBytes: () => read, bytes: bytes() };
}
