/** Facts as they happen, to whoever waits in this process. Core NATS, so every gateway hears all of them; a lost one is made good by looking again. */

import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import type { Log } from '@tokenos/runtime/service/signals';
import { BUS, LOG } from '@tokenos/runtime/service/tokens';
import { parseEnvelope } from '@tokenos/runtime/views/envelope-payload';
import { EventEmitter, once } from 'node:events';

const ANY = Symbol('any stream');

export class LiveFacts implements OnApplicationBootstrap {
  private readonly heard = new EventEmitter().setMaxListeners(0);

  constructor(
    @Inject(BUS) private readonly bus: Bus,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.bus.connection.subscribe('fact.>', {
      callback: (error, message) => {
        if (error !== null) return this.log.error({ err: error }, 'cannot hear facts');
        try {
          this.tell(parseEnvelope(message.json()));
        } catch (err) {
          this.log.warn({ err, subject: message.subject }, 'a fact that cannot be read');
        }
      },
    });
  }

  tell(envelope: Envelope): void {
    this.heard.emit(envelope.stream, envelope);
    this.heard.emit(ANY, envelope);
  }

  onAny(listener: (envelope: Envelope) => void): void {
    this.heard.on(ANY, listener);
  }

  /** Resolves with the next fact of this stream, or when the signal aborts. Call it before looking, so that nothing falls in between. */
  async next(stream: string, signal: AbortSignal): Promise<void> {
    await once(this.heard, stream, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
