/** An operator's machine: runs what it should be running, says every 5 s how it is, lets itself be probed, and may die. */

import {
  AGENT_PROTOCOL,
  HEARTBEAT_EVERY_MS,
  type DesiredLease,
  type DesiredNode,
  type Heartbeat,
  type LeaseReport,
} from '@tokenos/contracts/agent/protocol';
import { signMessage } from '@tokenos/contracts/agent/signature';
import { telemetryHeartbeat } from '@tokenos/contracts/subjects';
import { SECOND, type Millis } from '@tokenos/domain/time';
import { endOf, spanBefore, type Span } from '../kernel/steady.js';
import type { Timeline } from '../kernel/timeline.js';
import { nodeKeys } from './node-keys.js';
import { uuid } from './addresses.js';

const READY_AFTER: Millis = 2 * SECOND;
const GONE_AFTER: Millis = SECOND / 2;
/** From ready to the buyer's login. */
const BUYER_AFTER: Millis = 3 * SECOND;
const NOTICED_AFTER: Millis = SECOND / 5;

export interface MachinePlan {
  readonly number: number;
  readonly gpus: readonly string[];
  readonly model: string;
}

export interface MachineWorld {
  readonly timeline: Timeline;
  readonly hurries: boolean;
  /** Throws where the bus is down: then nobody hears it. */
  send(subject: string, heartbeat: Heartbeat, quietly: boolean): void;
  /** These heartbeats were passed over: each would have said the same as this one, but for its number and its time. */
  passedOver(heartbeat: Heartbeat, span: Span): void;
}

interface Lease {
  readonly desired: DesiredLease;
  readonly state: LeaseReport['state'];
  readonly since: Millis;
  /** When its buyer logged in. */
  readonly buyerSince: Millis | null;
  /** When its buyer was told to make room. */
  readonly noticedAt: Millis | null;
}

export class Machine {
  readonly nodeId: string;
  readonly nodeKey: string;
  private readonly privateKey;
  private readonly leases = new Map<string, Lease>();
  private isAlive = true;
  private seq = 0;

  constructor(
    private readonly world: MachineWorld,
    private readonly plan: MachinePlan,
  ) {
    this.nodeId = uuid('c', plan.number);
    const { privateKey, nodeKey } = nodeKeys(plan.number);
    this.privateKey = privateKey;
    this.nodeKey = nodeKey;
  }

  start(): void {
    this.world.timeline.quietlyAt(this.world.timeline.now(), () => this.beat());
  }

  sign({ signature: _signature, ...unsigned }: Heartbeat): Heartbeat {
    return signMessage(unsigned, this.privateKey);
  }

  die(): void {
    this.isAlive = false;
  }

  /** Towards what is desired, as the real agent does: what it has not heard of it keeps. */
  hear({ leases }: DesiredNode): void {
    if (!this.isAlive) return;
    const wanted = new Set(leases.map(keyOf));
    for (const [key, { state }] of this.leases) if (state === 'ended' && !wanted.has(key)) this.leases.delete(key);
    for (const desired of leases) {
      const key = keyOf(desired);
      const known = this.leases.get(key);
      if (known === undefined && desired.state === 'run') this.begin(key, desired);
      // Never ran here, and never will.
      else if (known === undefined) this.say(this.entered(key, desired), false);
      else if (known !== undefined && known.desired.revision < desired.revision) this.update(key, known, desired);
    }
  }

  /** Null: the platform's key got its answer. */
  probe({ rentalId, attempt }: { readonly rentalId: string; readonly attempt: number }): string | null {
    if (!this.isAlive) return 'connect timed out';
    return this.leases.get(keyOf({ rentalId, attempt }))?.state === 'ready' ? null : 'nobody answers there';
  }

  private begin(key: string, desired: DesiredLease): void {
    this.enter(key, desired, 'starting');
    const { timeline } = this.world;
    timeline.after(READY_AFTER, () => this.move(key, 'starting', 'ready'));
    timeline.after(READY_AFTER + BUYER_AFTER, () => this.note(key, { buyerSince: timeline.now() }));
    timeline.at(Date.parse(desired.paidUntil), () => this.endAtPaidUntil(key));
  }

  private update(key: string, known: Lease, desired: DesiredLease): void {
    this.leases.set(key, { ...known, desired });
    const { timeline } = this.world;
    if (desired.notice !== undefined && known.desired.notice === undefined)
      timeline.after(NOTICED_AFTER, () => this.note(key, { noticedAt: timeline.now() }));
    if (desired.state === 'ended') timeline.after(GONE_AFTER, () => this.move(key, known.state, 'ended'));
    else if (desired.paidUntil !== known.desired.paidUntil)
      timeline.at(Date.parse(desired.paidUntil), () => this.endAtPaidUntil(key));
  }

  private endAtPaidUntil(key: string): void {
    const known = this.leases.get(key);
    if (known === undefined || Date.parse(known.desired.paidUntil) > this.world.timeline.now()) return;
    this.move(key, known.state, 'ended');
  }

  private move(key: string, from: Lease['state'], to: Lease['state']): void {
    const known = this.leases.get(key);
    if (known?.state !== from || from === 'ended' || !this.isAlive) return;
    this.enter(key, known.desired, to);
    this.say(this.message(), false);
  }

  private note(key: string, news: Partial<Pick<Lease, 'buyerSince' | 'noticedAt'>>): void {
    const known = this.leases.get(key);
    if (known?.state !== 'ready' || !this.isAlive) return;
    this.leases.set(key, { ...known, ...news });
    this.say(this.message(), false);
  }

  private entered(key: string, desired: DesiredLease): Heartbeat {
    this.enter(key, desired, 'ended');
    return this.message();
  }

  private enter(key: string, desired: DesiredLease, state: Lease['state']): void {
    const { buyerSince, noticedAt } = this.leases.get(key) ?? { buyerSince: null, noticedAt: null };
    this.leases.set(key, { desired, state, since: this.world.timeline.now(), buyerSince, noticedAt });
  }

  private beat(): void {
    if (!this.isAlive) return;
    const { timeline, hurries } = this.world;
    const heartbeat = this.message();
    this.say(heartbeat, true);
    const next = timeline.now() + HEARTBEAT_EVERY_MS;
    const span = spanBefore(next, HEARTBEAT_EVERY_MS, hurries ? timeline.nextLoud() : next);
    if (span.count > 0) this.world.passedOver(heartbeat, span);
    this.seq += span.count;
    timeline.quietlyAt(endOf(span), () => this.beat());
  }

  private say(heartbeat: Heartbeat, quietly: boolean): void {
    try {
      this.world.send(telemetryHeartbeat(this.nodeId), heartbeat, quietly);
    } catch {
      // It says the same again in 5 s.
    }
  }

  private message(): Heartbeat {
    const sentAt = iso(this.world.timeline.now());
    this.seq += 1;
    const leases = [...this.leases.values()].map(reportOf);
    const gpus = this.plan.gpus.map((one) => ({ healthy: true, model: this.plan.model, uuid: one }));
    const origin = { nodeId: this.nodeId, protocol: AGENT_PROTOCOL, bootId: uuid('e', this.plan.number) } as const;
    return signMessage({ ...origin, gpus, leases, sentAt, seq: this.seq }, this.privateKey);
  }
}

const iso = (at: Millis): string => new Date(at).toISOString();

const keyOf = ({ rentalId, attempt }: Pick<DesiredLease, 'rentalId' | 'attempt'>): string => `${rentalId} ${attempt}`;

const reportOf = ({ desired, state, since, buyerSince, noticedAt }: Lease): LeaseReport => ({
  attempt: desired.attempt,
  ...(buyerSince === null ? {} : { buyerSince: iso(buyerSince) }),
  detail: null,
  gpuUuids: desired.gpuUuids,
  ...(noticedAt === null ? {} : { noticedAt: iso(noticedAt) }),
  rentalId: desired.rentalId,
  revision: desired.revision,
  sessions: state === 'ready' ? 1 : 0,
  since: iso(since),
  state,
});
