/** Settlement's view: which quotes a transfer may mean, and where operators are paid. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { View } from '@tokenos/runtime/views/view';
import type { Quotes, Repositories } from '../repositories/port.js';
import { postgresRepositories } from '../repositories/postgres.js';
import { migrations, type SettlementTables } from './tables.js';

export const settlementView: View<SettlementTables> = {
  migrations,
  tables: ['quotes', 'operators'],
  apply: (tx, envelope) => foldFact(postgresRepositories(tx), envelope),
};

/** The same on every adapter. */
export async function foldFact({ quotes, wallets }: Repositories, envelope: Envelope): Promise<void> {
  switch (categoryOf(envelope.stream)) {
    case 'rental':
      return foldRentalFact(quotes, idOf(envelope.stream), rentalStream.decode(envelope));
    case 'operator': {
      const fact = operatorStream.decode(envelope);
      if (fact.type === 'OperatorRegistered') await wallets.set(fact.data.operatorId, fact.data.wallet);
    }
  }
}

async function foldRentalFact(quotes: Quotes, rentalId: string, fact: RentalFact): Promise<void> {
  switch (fact.type) {
    case 'RentalRequested': {
      const { payment, quote } = fact.data;
      return quotes.open({ rentalId, reference: payment.reference, totalMicroUsdc: quote.totalMicroUsdc });
    }
    case 'PaymentReceived':
    case 'RequestExpired':
    case 'RentalEnded':
      return quotes.close(rentalId);
  }
}
