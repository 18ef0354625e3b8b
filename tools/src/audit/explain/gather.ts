/** Reads an export once and keeps one rental's facts and its payments': what is in memory does not grow with the export. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { BadInput } from '../exit.js';
import { readExport } from '../reading/read-export.js';
import type { Source } from '../reading/source.js';

export interface Gathered {
  readonly stream: string;
  /** Of the rental and of the transfers that are assigned to it, in the order of the export. */
  readonly facts: readonly Envelope[];
}

/** So many rentals are named where a beginning fits several. */
const NAMED = 5;

/** `wanted`: `rental-<id>`, the id, or the beginning of either. Throws BadInput where it fits no rental, or several. */
export async function gather(source: Source, wanted: string): Promise<Gathered> {
  const beginning = wanted.replace(/^rental-/, '');
  if (beginning === '') throw new BadInput('name a rental: its id, or the beginning of it');
  const keeper = new Keeper(beginning);
  await readExport(source, { fact: (envelope) => keeper.see(envelope) }, { partial: true });
  return keeper.gathered(source.name);
}

class Keeper {
  private readonly rentals = new Set<string>();
  private readonly payments = new Set<string>();
  private kept: Envelope[] = [];

  constructor(private readonly beginning: string) {}

  see(envelope: Envelope): void {
    const { stream } = envelope;
    const category = categoryOf(stream);
    if (category === 'rental' && idOf(stream).startsWith(this.beginning)) this.seeRental(stream);
    else if (category !== 'payment' || !this.isOurs(envelope)) return;
    // Of several rentals none will be told of: only their names matter.
    if (this.rentals.size > 1) this.kept = [];
    else this.kept.push(envelope);
  }

  gathered(name: string): Gathered {
    const [stream, ...others] = [...this.rentals];
    if (stream === undefined) throw new BadInput(`${name} holds no rental whose id begins with ${this.beginning}`);
    if (others.length > 0) {
      const named = [stream, ...others].slice(0, NAMED).join(', ');
      const more = others.length >= NAMED ? ' and more' : '';
      throw new BadInput(`${this.beginning} begins the ids of several rentals: ${named}${more}`);
    }
    return { stream, facts: this.kept };
  }

  private seeRental(stream: string): void {
    if (this.rentals.size <= NAMED) this.rentals.add(stream);
  }

  private isOurs({ stream, type, data }: Envelope): boolean {
    if (type !== 'PaymentSeen.v1') return this.payments.has(stream);
    const { assignedTo } = data as { readonly assignedTo?: unknown };
    if (typeof assignedTo !== 'string' || !assignedTo.startsWith(this.beginning)) return false;
    this.payments.add(stream);
    return true;
  }
}
