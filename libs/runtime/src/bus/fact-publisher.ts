/** How the outbox, and only the outbox, puts facts on the bus: pipelined, deduplicated by id, never out of order. */

import type { Envelope } from '../event-store/envelope.js';
import { isStreamGone } from './api-errors.js';
import type { Bus } from './bus.js';
import { ensureStreams, FACTS } from './streams.js';

export interface FactMessage {
  readonly subject: string;
  readonly envelope: Envelope;
}

const ACK_TIMEOUT_MS = 2_000;

export class FactPublisher {
  /** Sequence of the stream's last message, or null when we have to ask. */
  private last: number | null = null;

  constructor(private readonly bus: Bus) {}

  /**
   * Sends all at once, each only directly behind the one before it, so that one lost on the way takes those behind it along.
   * Gives how many from the front are stored; the caller sends the rest again. Throws where not even the first could be stored.
   */
  async publish(messages: readonly FactMessage[]): Promise<number> {
    // Sent now they would wait in the client's buffer and go out behind our back.
    if (!this.bus.connected) throw new Error('the bus is disconnected');
    const start = this.last ?? (await this.lastSequence());
    const answers = await Promise.allSettled(
      messages.map(({ subject, envelope }, index) =>
        this.bus.jetstream.publish(subject, JSON.stringify(envelope), {
          msgID: envelope.id,
          timeout: ACK_TIMEOUT_MS,
          expect: { lastSequence: start + index },
        }),
      ),
    );
    const failed = answers.findIndex(({ status }) => status === 'rejected');
    const stored = failed === -1 ? messages.length : failed;
    // A duplicate takes no sequence, so the numbers behind it no longer fit: ask again before the next batch.
    const advanced = answers.every((answer) => answer.status === 'fulfilled' && !answer.value.duplicate);
    this.last = advanced ? start + messages.length : null;
    const [first] = answers;
    if (stored === 0 && first?.status === 'rejected') throw first.reason;
    return stored;
  }

  private async lastSequence(): Promise<number> {
    const { streams } = this.bus.admin;
    try {
      return (await streams.info(FACTS.name)).state.last_seq;
    } catch (error) {
      if (!isStreamGone(error)) throw error;
      await ensureStreams(this.bus.admin);
      return (await streams.info(FACTS.name)).state.last_seq;
    }
  }
}
