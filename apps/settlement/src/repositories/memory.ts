/** What settlement keeps, in memory: for the simulation, and gone with the process. */

import type { KnownQuote } from '@tokenos/domain/payment/match';
import type { Millis } from '@tokenos/domain/time';
import type { ScanCursor } from '../chain/port.js';
import type { Quotes, Repositories, ScanName, Scans, Wallets } from './port.js';

export const memoryRepositories = (): Repositories => ({ quotes: quotes(), wallets: wallets(), scans: scans() });

function quotes(): Quotes {
  const known = new Map<string, KnownQuote>();
  return {
    async open(quote) {
      known.set(quote.rentalId, { ...quote, open: true });
    },
    async close(rentalId) {
      const quote = known.get(rentalId);
      if (quote !== undefined) known.set(rentalId, { ...quote, open: false });
    },
    meantBy: async ({ references, memo, amount }) =>
      [...known.values()].filter(
        ({ rentalId, reference, totalMicroUsdc, open }) =>
          references.includes(reference) || rentalId === memo || (open && totalMicroUsdc === amount),
      ),
  };
}

function wallets(): Wallets {
  const known = new Map<string, string>();
  return {
    async set(operatorId, wallet) {
      known.set(operatorId, wallet);
    },
    of: async (operatorIds) =>
      Object.fromEntries([...known].filter(([operatorId]) => operatorIds.includes(operatorId))),
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
