/** What the platform asks of a running lease beside its start and its end: to tell its buyer to make room, and to save a checkpoint. */

import type { SavedCheckpoint } from '@tokenos/contracts/agent/protocol';
import type { Millis } from '@tokenos/domain/time';
import type { Logger } from 'pino';
import { keyOf, type Lease } from './lease.js';
import type { ErrandRunner, Machine } from './ports.js';

export interface ErrandParts extends ErrandRunner {
  readonly log: Logger;
  readonly now: () => Millis;
  /** Writes down what has been done; not called for what could not be. */
  readonly done: (key: string, change: Pick<Lease, 'noticedAt'> | Pick<Lease, 'checkpoint'>) => void;
}

/** Never waited for: an end must not wait until something large is saved. */
export class Errands {
  /** Under way, or failed: the buyer's path does not become readable by itself, so that is tried once. */
  readonly #taken = new Set<string>();

  constructor(private readonly parts: ErrandParts) {}

  /** Level-based: asked again after every change. */
  look(lease: Lease, machine: Machine): void {
    const { notice, checkpoint } = lease.entry;
    if (notice !== undefined && lease.noticedAt === null) {
      this.#once(`${keyOf(lease)} notice ${notice.noticedAt}`, () => this.#tell(lease, machine));
    }
    if (checkpoint !== undefined && lease.checkpoint?.requestedAt !== checkpoint.requestedAt) {
      this.#once(`${keyOf(lease)} checkpoint ${checkpoint.requestedAt}`, () => this.#save(lease, machine, checkpoint));
    }
  }

  #once(errand: string, run: () => Promise<void>): void {
    if (this.#taken.has(errand)) return;
    this.#taken.add(errand);
    run().catch((error: unknown) => this.parts.log.error({ errand, error }, 'an errand in a lease failed'));
  }

  async #tell(lease: Lease, machine: Machine): Promise<void> {
    const noticedAt = this.parts.now();
    await this.parts.tell(lease, machine, noticedAt);
    this.parts.done(keyOf(lease), { noticedAt });
    this.parts.log.info({ lease: keyOf(lease) }, 'its buyer was told to make room');
  }

  async #save(lease: Lease, machine: Machine, asked: { path: string; requestedAt: string }): Promise<void> {
    const saved = await this.parts.save(machine, asked.path);
    const savedAt = new Date(this.parts.now()).toISOString();
    const checkpoint: SavedCheckpoint = { requestedAt: asked.requestedAt, ...saved, savedAt };
    this.parts.done(keyOf(lease), { checkpoint });
    this.parts.log.info({ lease: keyOf(lease), bytes: saved.bytes }, 'checkpoint saved');
  }
}
