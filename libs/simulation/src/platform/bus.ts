/** The bus between the services of one simulation: facts from the store, telemetry, hints, and what each machine should be running. */

import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { StaleRevision } from '@tokenos/runtime/bus/bucket';
import { arrivals } from '../kernel/mischief.js';
import { GRACE_MS, LOOK_EVERY_MS } from '../kernel/follower.js';
import type { Ground } from './ground.js';
import type { Service } from './service.js';

/** How long the outbox takes to notice a fact. */
const NOTICED_MS = 2;
const BATCH = 500;

export interface TelemetryOptions {
  /** Nothing is expected to follow from it. */
  readonly quietly: boolean;
}

interface Document {
  readonly value: DesiredNode;
  readonly revision: number;
}

export class BusDown extends Error {
  override readonly name = 'BusDown';
}

export class Bus {
  private readonly services: Service[] = [];
  private readonly ears = new Map<string, (desired: DesiredNode) => void>();
  private readonly documents = new Map<string, Document>();
  private position: string | null = null;
  private revision = 0;
  private sequences = 0;
  private isDown = false;

  constructor(private readonly ground: Ground) {}

  connect(service: Service): void {
    this.services.push(service);
  }

  /** A machine's socket: it is told what it should be running whenever that changes. */
  socket(nodeId: string, hear: (desired: DesiredNode) => void): void {
    this.ears.set(nodeId, hear);
  }

  down(): void {
    this.isDown = true;
  }

  up(): void {
    this.isDown = false;
    this.ground.timeline.after(NOTICED_MS, () => this.carry());
    for (const { value } of this.documents.values()) this.tell(value);
  }

  /** Something was appended: the outbox carries it, and each service will miss it if it does not arrive. */
  appended(envelopes: readonly Envelope[]): void {
    const { timeline } = this.ground;
    timeline.after(NOTICED_MS, () => this.carry());
    const ripe = timeline.now() + GRACE_MS;
    timeline.quietlyAt(Math.ceil(ripe / LOOK_EVERY_MS) * LOOK_EVERY_MS, async () => {
      for (const envelope of envelopes)
        for (const service of this.services) if (service.concerns(envelope)) await service.look(envelope);
    });
  }

  /** Kept by the bus, for whoever hears `subject`; throws where it is down. */
  telemetry(subject: string, payload: unknown, { quietly }: TelemetryOptions): void {
    if (this.isDown) throw new BusDown('the bus does not answer');
    const { timeline, random } = this.ground;
    // A heartbeat is soon followed by the next; the bus has a disk so that a probe need not be.
    const mischief = subject.endsWith('.probe') ? { ...this.ground.mischief, lost: 0 } : this.ground.mischief;
    const kept = { subject, payload, sequence: ++this.sequences, busTimeMs: timeline.now() };
    for (const service of this.services)
      for (const delay of arrivals(mischief, random)) service.telemetry.post({ ...kept }, delay, quietly);
  }

  /** Core NATS: heard by whoever listens now. */
  publish(subject: string): void {
    if (this.isDown) return;
    const { timeline, mischief, random } = this.ground;
    for (const service of this.services)
      for (const delay of arrivals(mischief, random)) timeline.after(delay, () => service.overhear(subject));
  }

  /** The same, for what has a hearer of its own. */
  hint(hear: () => void): void {
    if (this.isDown) return;
    for (const delay of arrivals(this.ground.mischief, this.ground.random)) this.ground.timeline.after(delay, hear);
  }

  /** The bucket `desired`: compare-and-set. */
  readonly desired = {
    get: async (key: string) => {
      if (this.isDown) throw new BusDown('the bus does not answer');
      const found = this.documents.get(key);
      return found === undefined ? null : { key, ...found };
    },
    update: async (key: string, value: DesiredNode, revision: number): Promise<number> => {
      if (this.isDown) throw new BusDown('the bus does not answer');
      if ((this.documents.get(key)?.revision ?? 0) !== revision) throw new StaleRevision(key);
      this.revision += 1;
      this.documents.set(key, { value, revision: this.revision });
      this.tell(value);
      return this.revision;
    },
  };

  private tell(value: DesiredNode): void {
    const { timeline, random, mischief } = this.ground;
    // A watch loses nothing: it begins anew with what is there.
    const [delay = 1] = arrivals({ ...mischief, lost: 0 }, random);
    timeline.after(delay, () => {
      const current = this.documents.get(value.nodeId);
      if (current !== undefined) this.ears.get(value.nodeId)?.(current.value);
    });
  }

  private async carry(): Promise<void> {
    if (this.isDown) return;
    const { store, random, mischief } = this.ground;
    const from = this.position;
    const recorded = await store.readAll(from, BATCH);
    if (this.position !== from) return;
    this.position = recorded.at(-1)?.position ?? from;
    for (const { envelope } of recorded) {
      for (const service of this.services) {
        if (!service.concerns(envelope)) continue;
        for (const delay of arrivals(mischief, random)) service.facts.post({ ...envelope }, delay, false);
      }
    }
  }
}
