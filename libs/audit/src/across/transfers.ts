/** I7: one transfer on the chain moves money once. Credits are held against what was seen, signatures against each other. */

import { Packed, TEXT } from '../packed.js';
import { amount, total } from '../units.js';
import type { Here, NoteAt } from '../here.js';
import type { PaymentData, RentalData } from '../wire.js';

type Received = RentalData<'PaymentReceived'>;
/** The request, and what the transfer should name: the reference and the amount of the quote, or of an extension. */
interface Asked {
  readonly rentalId: string;
  readonly mint: string;
  readonly reference: string;
  readonly total: string;
}
type Seen = PaymentData<'PaymentSeen'>;

interface Credit {
  readonly stream: string;
  readonly revision: number;
  readonly received: Received;
  readonly requested: Asked;
}

export class Transfers {
  /** By signature: the stream. */
  private readonly credits = new Map<string, string>();
  /** Also those that came again after they had vanished. */
  private readonly credited = new Packed<Credit>(TEXT);
  /** Credited once, and not on the final chain: no money, and free to come again to the same rental. */
  private readonly vanished = new Set<string>();
  /** By signature: where to find it among what was seen. */
  private readonly seen = new Map<string, number>();
  private readonly sights = new Packed<{ readonly stream: string; readonly seen: Seen }>(TEXT);
  private readonly outgoing = new Map<string, string>();

  credit(received: Received, requested: Asked, { stream, revision, note }: Here): void {
    const before = this.credits.get(received.signature);
    const again = before === stream && this.vanished.delete(received.signature);
    if (before !== undefined && !again) note('I7', `transfer ${received.signature} is credited to ${before} already`);
    else {
      this.credits.set(received.signature, stream);
      this.credited.add({ stream, revision, received, requested });
    }
  }

  vanish(signature: string): void {
    this.vanished.add(signature);
  }

  see(seen: Seen, stream: string): void {
    this.seen.set(seen.signature, this.sights.add({ stream, seen }));
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
    const uncredited: { stream: string; held: bigint }[] = [];
    for (const place of this.seen.values()) {
      const { stream, seen } = this.sights.at(place);
      if (seen.assignedTo === null || this.credits.has(seen.signature)) continue;
      uncredited.push({ stream, held: amount(seen.amount) });
    }
    return uncredited;
  }

  /** `isThere`: whether the export has anything of that rental; a request comes before whatever is assigned to it. */
  check(noteAt: NoteAt, partial: boolean, isThere: (rental: string) => boolean): void {
    for (const place of partial ? [] : this.seen.values()) {
      const { stream, seen } = this.sights.at(place);
      if (seen.assignedTo === null || isThere(`rental-${seen.assignedTo}`)) continue;
      noteAt(stream, 0)('matching', `it is assigned to ${seen.assignedTo}, which nobody requested`);
    }
    for (const credit of this.credited) {
      const known = this.sightOf(credit.received.signature);
      const note = noteAt(credit.stream, credit.revision);
      if (this.outgoing.has(credit.received.signature)) note('I7', 'a transaction of ours is credited as a payment');
      if (known !== undefined) note.compare('I7', 'credited is what was seen', asSeen(known.seen), asCredited(credit));
      else if (!partial) note('I7', `credited without a stream payment-${credit.received.signature}`);
      if (known !== undefined && !means(known.seen, credit.requested)) {
        noteAt(known.stream, 0)('matching', 'neither reference nor memo nor amount nor mint point at its rental');
      }
    }
  }

  private sightOf(signature: string): { readonly stream: string; readonly seen: Seen } | undefined {
    const place = this.seen.get(signature);
    return place === undefined ? undefined : this.sights.at(place);
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
function means(seen: Seen, { rentalId, mint, reference, total: asked }: Asked): boolean {
  const named = seen.references.includes(reference) || seen.memo === rentalId || seen.amount === asked;
  const given = total(seen.payers.map((payer) => amount(payer.amount)));
  return named && seen.mint === mint && given === amount(seen.amount);
}
