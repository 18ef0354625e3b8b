/** I7: one transfer on the chain moves money once. Credits are held against what was seen, signatures against each other. */

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

/** A transfer's stream has its name from the signature. */
const streamOf = (signature: string): string => `payment-${signature}`;

/** What other streams of the export say. */
interface Elsewhere {
  readonly noteAt: NoteAt;
  /** What a payment's stream began with; null while it is not there. */
  readonly seenIn: (stream: string) => Seen | null;
  /** Whether the export has anything of that rental by now. */
  readonly isThere: (stream: string) => boolean;
}

export class Transfers {
  /** By signature: where it was credited last. */
  private readonly credits = new Map<string, Pick<Credit, 'stream' | 'revision'>>();
  /** By signature: credited before they were seen. */
  private readonly early = new Map<string, Credit[]>();
  /** Credited once, and not on the final chain: no money, and free to come again to the same rental. */
  private readonly vanished = new Set<string>();
  /** By signature: assigned to a rental, but not credited to it yet. */
  private readonly assigned = new Map<string, { readonly stream: string; readonly held: bigint }>();
  /** Assigned to rentals that nobody had requested by then. */
  private readonly stray: { readonly stream: string; readonly rentalId: string }[] = [];
  private readonly outgoing = new Map<string, string>();

  constructor(private readonly elsewhere: Elsewhere) {}

  credit(received: Received, requested: Asked, { stream, revision, note }: Here): void {
    const { signature } = received;
    const before = this.credits.get(signature);
    const again = before?.stream === stream && this.vanished.delete(signature);
    if (before !== undefined && !again) {
      note('I7', `transfer ${signature} is credited to ${before.stream} already`);
      return;
    }
    this.credits.set(signature, { stream, revision });
    this.assigned.delete(signature);
    if (this.outgoing.has(signature)) note('I7', OURS);
    const credit = { stream, revision, received, requested };
    const seen = this.elsewhere.seenIn(streamOf(signature));
    if (seen?.signature === signature) this.compare(credit, seen, streamOf(signature));
    else this.early.set(signature, [...(this.early.get(signature) ?? []), credit]);
  }

  vanish(signature: string): void {
    this.vanished.add(signature);
  }

  /** Once per stream. */
  see(seen: Seen, stream: string): void {
    const { signature, assignedTo } = seen;
    for (const credit of this.early.get(signature) ?? []) this.compare(credit, seen, stream);
    this.early.delete(signature);
    if (assignedTo === null) return;
    if (!this.credits.has(signature)) this.assigned.set(signature, { stream, held: amount(seen.amount) });
    if (!this.elsewhere.isThere(`rental-${assignedTo}`)) this.stray.push({ stream, rentalId: assignedTo });
  }

  /** A plan's signed transaction: its signature may stand for one plan only, and never for a payment. */
  send(signature: string, planId: string, { stream, note }: Here): void {
    const plan = `${stream} plan ${planId}`;
    const before = this.outgoing.get(signature);
    if (before !== undefined) note('I7', `transaction ${signature} is already that of ${before}`);
    else this.outgoing.set(signature, plan);
    const credit = this.credits.get(signature);
    if (credit !== undefined) this.elsewhere.noteAt(credit.stream, credit.revision)('I7', OURS);
  }

  /** Streams of transfers that are assigned to a rental but not credited to it: that money is held. */
  uncredited(): { stream: string; held: bigint }[] {
    return [...this.assigned.values()];
  }

  /** What was still missing when it was needed, and has not come since. */
  check(noteAt: NoteAt, partial: boolean): void {
    if (partial) return;
    for (const { stream, rentalId } of this.stray) {
      if (this.elsewhere.isThere(`rental-${rentalId}`)) continue;
      noteAt(stream, 0)('matching', `it is assigned to ${rentalId}, which nobody requested`);
    }
    for (const [signature, credits] of this.early) {
      for (const { stream, revision } of credits) {
        noteAt(stream, revision)('I7', `credited without a stream ${streamOf(signature)}`);
      }
    }
  }

  private compare(credit: Credit, seen: Seen, stream: string): void {
    const { noteAt } = this.elsewhere;
    const note = noteAt(credit.stream, credit.revision);
    note.compare('I7', 'credited is what was seen', asSeen(seen), asCredited(credit));
    if (means(seen, credit.requested)) return;
    noteAt(stream, 0)('matching', 'neither reference nor memo nor amount nor mint point at its rental');
  }
}

const OURS = 'a transaction of ours is credited as a payment';

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
