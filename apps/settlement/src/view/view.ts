/** Settlement's view: which quotes a transfer may mean, and where operators are paid. */

import { categoryOf, idOf } from '@tokenos/contracts/envelope/envelope';
import { operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { View } from '@tokenos/runtime/views/view';
import type { Transaction } from 'kysely';
import { migrations, type SettlementTables } from './tables.js';

export const settlementView: View<SettlementTables> = {
  migrations,
  tables: ['quotes', 'operators'],
  async apply(tx, envelope) {
    switch (categoryOf(envelope.stream)) {
      case 'rental':
        return applyRentalFact(tx, idOf(envelope.stream), rentalStream.decode(envelope));
      case 'operator': {
        const { operatorId, wallet } = operatorStream.decode(envelope).data;
        await tx.insertInto('operators').values({ operator_id: operatorId, wallet }).execute();
      }
    }
  },
};

async function applyRentalFact(tx: Transaction<SettlementTables>, rentalId: string, fact: RentalFact): Promise<void> {
  switch (fact.type) {
    case 'RentalRequested': {
      const { payment, quote } = fact.data;
      const row = { rental_id: rentalId, reference: payment.reference, total: quote.totalMicroUsdc, open: true };
      await tx.insertInto('quotes').values(row).execute();
      return;
    }
    case 'PaymentReceived':
    case 'RequestExpired':
    case 'RentalEnded':
      await tx.updateTable('quotes').set({ open: false }).where('rental_id', '=', rentalId).execute();
  }
}
