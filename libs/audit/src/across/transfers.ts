/** I7: one transfer on the chain moves money once. Credits are held against what was seen, signatures against each other. */

import { amount, total } from '../units.js';
import type { Here, NoteAt } from '../here.js';
import type { PaymentData, RentalData } from '../wire.js';

type Received = RentalData<'PaymentReceived'>;
/** The request, and what the transfer should name: the reference and the amount of the quote, or of an extension. */
type Asked = RentalData<'RentalRequested'> & { readonly reference: string; readonly total: string };
type Seen = PaymentData<'PaymentSeen'>;

interface Credit {
  readonly stream: string;
  readonly revision: number;
  readonly received: Received;
  readonly requested: Asked;
}

export class Transfers {
  private readonly credits = new Map<string, Credit>();
  /** Credited once, and not on the final chain: no money, and free to come again to the same rental. */
  private readonly vanished = new Set<string>();
  private readonly seen = new Map<string, { readonly stream: string; readonly seen: Seen }>();
  private readonly outgoing = new Map<string, string>();

  credit(received: Received, requested: Asked, { stream, revision, note }: Here): void {
    const before = this.credits.get(received.signature);
    const again = before?.stream === stream && this.vanished.delete(received.signature);
    if (before !== undefined && !again)
      note('I7', `transfer ${received.signature} is credited to ${before.stream} already`);
    else this.credits.set(received.signature, { stream, revision, received, requested });
  }

  vanish(signature: string): void {
    this.vanished.add(signature);
  }

  see(seen: Seen, stream: string): void {
    this.seen.set(seen.signature, { stream, seen });
  }

  /** A plan's signed transaction: its signature may stand for one plan only, and never for a payment. */
  send(signature: string, planId: string, { stream, note }: Here): void {
    const plan = `${stream} plan ${planId}`;
    const before = this.outgoing.get(signature);
    if (before !== undefined) note('I7', `transaction ${signature} is already that of ${before}`);
    else this.outgoing.set(signature, plan);
  }

  /** Streams of transfers that are assigned to a rental but not credited to it: that money is held. */
  uncredited(): { stream: string; held: bigint }[] {
    return [...this.seen.values()].flatMap(({ stream, seen }) =>
      seen.assignedTo === null || this.credits.has(seen.signature) ? [] : [{ stream, held: amount(seen.amount) }],
    );
  }

  /** `isThere`: whether the export has anything of that rental; a request comes before whatever is assigned to it. */
  check(noteAt: NoteAt, partial: boolean, isThere: (rental: string) => boolean): void {
    for (const { stream, seen } of partial ? [] : this.seen.values()) {
      if (seen.assignedTo === null || isThere(`rental-${seen.assignedTo}`)) continue;
      noteAt(stream, 0)('matching', `it is assigned to ${seen.assignedTo}, which nobody requested`);
    }
    for (const credit of this.credits.values()) {
      const known = this.seen.get(credit.received.signature);
      const note = noteAt(credit.stream, credit.revision);
      if (this.outgoing.has(credit.received.signature)) note('I7', 'a transaction of ours is credited as a payment');
      if (known !== undefined) note.compare('I7', 'credited is what was seen', asSeen(known.seen), asCredited(credit));
      else if (!partial) note('I7', `credited without a stream payment-${credit.received.signature}`);
      if (known !== undefined && !means(known.seen, credit.requested)) {
        noteAt(known.stream, 0)('matching', 'neither reference nor memo nor amount nor mint point at its rental');
      }
    }
  }
}

const asSeen = ({ assignedTo, amount: total, payers, blockTime, slot, genesisHash }: Seen) => ({
  rentalId: assignedTo,
  amount: total,
  payers: payers.map((payer) => payer.wallet),
  blockTime,
  slot,
  genesisHash,
});

const asCredited = ({ received, requested }: Credit) => ({
  rentalId: requested.rentalId,
  amount: received.amountMicroUsdc,
  payers: [received.payer],
  blockTime: received.blockTime,
  slot: received.slot,
  genesisHash: received.genesisHash,
});

/** By reference, else by memo, else by the exact amount; in the right mint, and all of it from its one payer. */
function means(seen: Seen, { rentalId, payment, reference, total: asked }: Asked): boolean {
  const named = seen.references.includes(reference) || seen.memo === rentalId || seen.amount === asked;
  const given = total(seen.payers.map((payer) => amount(payer.amount)));
  return named && seen.mint === payment.mint && given === amount(seen.amount);
}
