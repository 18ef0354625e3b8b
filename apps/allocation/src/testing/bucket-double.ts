/** A double of the bucket `desired`: compare-and-set, and a moment between reading and writing into which others may step. */

import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import { StaleRevision } from '@tokenos/runtime/bus/bucket';
import type { Parts } from '../parts.js';

export class BucketDouble implements BucketPort {
  readonly entries = new Map<string, { readonly value: DesiredNode; readonly revision: number }>();
  writes = 0;
  private step: (() => Promise<void>) | null = null;

  /** Happens once: after the next reading, before what follows from it is written. */
  meanwhile(work: () => Promise<void>): void {
    this.step = work;
  }

  async get(key: string) {
    const found = this.entries.get(key);
    const { step } = this;
    this.step = null;
    await step?.();
    return found === undefined ? null : { key, ...found };
  }

  async update(key: string, value: DesiredNode, revision: number): Promise<number> {
    if ((this.entries.get(key)?.revision ?? 0) !== revision) throw new StaleRevision(key);
    this.writes += 1;
    this.entries.set(key, { value, revision: this.writes });
    return this.writes;
  }
}

type BucketPort = Parts['desired'];
