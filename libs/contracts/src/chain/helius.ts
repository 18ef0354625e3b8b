/** Which transactions a Helius webhook hints at. A hint only: whoever acts on one reads the chain itself. */

/** Helius batches up to 100 transactions; anything longer is not from there. */
const MOST = 100;

/** Base58 of 64 bytes. */
const SIGNATURE = /^[1-9A-HJ-NP-Za-km-z]{86,88}$/;

/**
 * The signatures named in a webhook's body, each once, at most 100. Understands the "enhanced" shape (`signature`) and the
 * "raw" one (`transaction.signatures[0]`), alone or in an array; what it does not understand it skips, and it never throws.
 */
export function signaturesFromWebhook(body: unknown): string[] {
  const found = new Set<string>();
  for (const item of (Array.isArray(body) ? (body as unknown[]) : [body]).slice(0, MOST)) {
    const signature = property(item, 'signature') ?? first(property(property(item, 'transaction'), 'signatures'));
    if (typeof signature === 'string' && SIGNATURE.test(signature)) found.add(signature);
  }
  return [...found];
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

const first = (value: unknown): unknown => (Array.isArray(value) ? (value as unknown[])[0] : undefined);
