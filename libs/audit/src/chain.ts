/** I10: each stream is a chain. Revisions count from 0, every hash covers the one before it, time does not run backwards. */

import { GENESIS_HASH, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { isSealed, isSealedAs } from '@tokenos/contracts/envelope/seal';
import type { Head } from './anchors/tree.js';
import type { Note } from './finding.js';

interface Link {
  readonly revision: number;
  readonly hash: string;
  readonly at: number;
}

const BEFORE_THE_FIRST: Link = { revision: -1, hash: GENESIS_HASH, at: Number.NEGATIVE_INFINITY };

export class Chains {
  private readonly last = new Map<string, Link>();

  /** `at`: its time, epoch milliseconds. One finding per broken link: what follows is held against the envelope as it stands. */
  see(envelope: Envelope, at: number, body: string | null, note: Note): void {
    const { stream, revision, hash } = envelope;
    const before = this.last.get(stream) ?? BEFORE_THE_FIRST;
    this.last.set(stream, { revision, hash, at });
    if (!note.compare('I10', 'a revision is missing, doubled or out of order', before.revision + 1, revision)) return;
    const isRight = body === null ? isSealed(envelope) : isSealedAs(envelope, body);
    if (!isRight) note('I10', 'the hash does not belong to this fact: it was changed after it was sealed');
    note.compare('I10', 'it is not linked to the fact before it', before.hash, envelope.prevHash);
    if (at < before.at) note('I10', 'it is dated before the fact before it');
  }

  /** Of every stream the last fact seen. */
  *heads(): Iterable<Head> {
    for (const [stream, { revision, hash }] of this.last) yield { stream, revision, hash };
  }

  get streams(): number {
    return this.last.size;
  }
}
