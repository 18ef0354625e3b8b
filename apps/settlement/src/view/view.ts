/** Settlement's view: which quotes a transfer may mean, and where operators are paid. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { OperatorFact } from '@tokenos/domain/operator/operator';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { View } from '@tokenos/runtime/views/view';
import type { Quotes, Repositories, Wallets } from '../repositories/port.js';
import { postgresRepositories } from '../repositories/postgres.js';
import { migrations, type SettlementTables } from './tables.js';

export const settlementView: View<SettlementTables> = {
  migrations,
  tables: ['quotes', 'operators'],
  apply: (tx, envelope) => foldFact(postgresRepositories(tx), envelope),
};

/** The same on every adapter. */
export async function foldFact({ quotes, wallets }: Repositories, envelope: Envelope): Promise<void> {
  const id = idOf(envelope.stream);
  switch (categoryOf(envelope.stream)) {
    case 'rental':
      return foldRentalFact(quotes, id, rentalStream.decode(envelope));
    case 'operator':
      return foldOperatorFact(wallets, id, operatorStream.decode(envelope));
  }
}

async function foldRentalFact(quotes: Quotes, rentalId: string, fact: RentalFact): Promise<void> {
  switch (fact.type) {
    case 'RentalRequested': {
      const { reference } = fact.data.payment;
      const { totalMicroUsdc } = fact.data.quote;
      return quotes.open({ rentalId, reference, totalMicroUsdc, expiresAt: null });
    }
    case 'ExtensionQuoted': {
      const { extensionId, reference, totalMicroUsdc, expiresAt } = fact.data;
      return quotes.open({ rentalId, extensionId, reference, totalMicroUsdc, expiresAt });
    }
    case 'PaymentReceived':
      return quotes.close(rentalId, fact.data.extensionId);
    case 'RequestExpired':
      return quotes.close(rentalId);
    case 'RentalEnded':
      return quotes.closeAll(rentalId);
  }
}

async function foldOperatorFact(wallets: Wallets, operatorId: string, fact: OperatorFact): Promise<void> {
  switch (fact.type) {
    case 'OperatorRegistered':
      return wallets.set(operatorId, fact.data.wallet);
    case 'OperatorWalletChanged':
      return wallets.change(operatorId, fact.data.wallet, fact.data.effectiveAt);
  }
}
