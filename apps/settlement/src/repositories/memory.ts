/** What settlement keeps, in memory: for the simulation, and gone with the process. */

import type { KnownQuote } from '@tokenos/domain/payment/match';
import type { Millis } from '@tokenos/domain/time';
import { memoryHeads } from '../anchors/memory-heads.js';
import type { ScanCursor } from '../chain/port.js';
import type { OpenQuote, Quotes, Repositories, ScanName, Scans, Wallets } from './port.js';

export const memoryRepositories = (): Repositories => ({
  quotes: quotes(),
  wallets: wallets(),
  scans: scans(),
  heads: memoryHeads(),
});

function quotes(): Quotes {
  /** By rental, the request's own first. */
  const known = new Map<string, (OpenQuote & KnownQuote)[]>();
  const shut = (rentalId: string, isMeant: (quote: KnownQuote) => boolean): void => {
    const quotes = known.get(rentalId) ?? [];
    known.set(
      rentalId,
      quotes.map((quote) => (isMeant(quote) ? { ...quote, open: false } : quote)),
    );
  };
  return {
    async open(quote) {
      known.set(quote.rentalId, [...(known.get(quote.rentalId) ?? []), { ...quote, open: true }]);
    },
    async close(rentalId, extensionId) {
      shut(rentalId, (quote) => quote.extensionId === extensionId);
    },
    async closeAll(rentalId) {
      shut(rentalId, () => true);
    },
    meantBy: async ({ references, memo, amount, blockTime }) =>
      [...known.values()]
        .flat()
        .map(({ expiresAt, ...quote }) => ({
          ...quote,
          open: quote.open && (expiresAt === null || blockTime <= expiresAt),
        }))
        .filter(
          ({ rentalId, reference, totalMicroUsdc, open }) =>
            references.includes(reference) || rentalId === memo || (open && totalMicroUsdc === amount),
        ),
  };
}

function wallets(): Wallets {
  const known = new Map<string, { wallet: string; next: { wallet: string; effectiveAt: Millis } | null }>();
  return {
    async set(operatorId, wallet) {
      known.set(operatorId, { wallet, next: null });
    },
    async change(operatorId, wallet, effectiveAt) {
      const before = known.get(operatorId);
      if (before === undefined) return;
      known.set(operatorId, { wallet: before.next?.wallet ?? before.wallet, next: { wallet, effectiveAt } });
    },
    at: async (now, operatorIds) =>
      Object.fromEntries(
        [...known]
          .filter(([operatorId]) => operatorIds.includes(operatorId))
          .map(([id, { wallet, next }]) => [id, next !== null && now >= next.effectiveAt ? next.wallet : wallet]),
      ),
  };
}

function scans(): Scans {
  const kept = new Map<ScanName, { readonly cursor: ScanCursor; readonly through: Millis | null }>();
  return {
    cursor: async (name) => kept.get(name)?.cursor ?? null,
    finalizedThrough: async (name) => kept.get(name)?.through ?? null,
    async keep(name, cursor, through) {
      kept.set(name, { cursor, through });
    },
  };
}
