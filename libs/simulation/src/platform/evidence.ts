/**
 * Metering's ledger, and beside it the heartbeats and probes that were passed over (kernel/steady.ts): they lie here as spans and
 * become evidence when it is read.
 *
 * Of heartbeats only the first in each minute of the rental is given: it is the one by which its minute is judged. Unless an
 * archive is there, evidence carries no signature, wherever it comes from: the ear has checked it, and what was passed over was never
 * signed; and of a proof only the hash is kept, because in 90 days the bodies would be a hundred megabytes.
 */

import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import { minuteAt, minuteStart, PROBE_REACH } from '@tokenos/domain/metering/minutes';
import type { Millis } from '@tokenos/domain/time';
import type { Heard } from '@tokenos/metering/evidence/judge';
import type { KeptProof, Ledger } from '@tokenos/metering/repositories/port';
import { endOf, type Span } from '../kernel/steady.js';
import { isoOf } from '../kernel/iso.js';

/** Between two times, both included, what would have been heard. */
type Passed<Message> = (from: Millis, to: Millis) => Heard<Message>[];

interface PassedOver {
  readonly end: Millis;
  readonly heartbeats: Passed<Heartbeat>;
  readonly probes: Passed<ProbeResult>;
}

const nothing = (): [] => [];

/** For stories whose evidence an auditor is to see. */
export interface Archive {
  /** As the machine would have, had it not been passed over. */
  readonly sign: (heartbeat: Heartbeat) => Heartbeat;
  readonly proofs: KeptProof[];
}

export class Evidence {
  private readonly passed = new Map<string, PassedOver[]>();

  constructor(
    private readonly kept: Ledger,
    private readonly now: () => Millis,
    private readonly archive: Archive | null,
  ) {}

  readonly ledger: Ledger = {
    write: (rentalIds, arrival, told) => {
      if (told.kind === 'probe' || this.archive !== null) return this.kept.write(rentalIds, arrival, told);
      return this.kept.write(rentalIds, arrival, { ...told, message: { ...told.message, signature: '' } });
    },
    read: async (rentalId, from) => {
      const { heartbeats, probes } = await this.kept.read(rentalId, from);
      const passed = this.passed.get(rentalId) ?? [];
      const [first, last] = [from - PROBE_REACH, this.now()];
      return {
        heartbeats: inOrder([...heartbeats, ...passed.flatMap((one) => one.heartbeats(first, last))]),
        probes: inOrder([...probes, ...passed.flatMap((one) => one.probes(first, last))]),
      };
    },
    keepProof: (proof) => {
      this.archive?.proofs.push(proof);
      return this.kept.keepProof({ ...proof, body: '' });
    },
    proofText: (sha256, from, characters) => this.kept.proofText(sha256, from, characters),
    proofs: (rentalId) => this.kept.proofs(rentalId),
    prune: async (rentalId, from) => {
      const left = (this.passed.get(rentalId) ?? []).filter(({ end }) => end >= from - PROBE_REACH);
      this.passed.set(rentalId, left);
      await this.kept.prune(rentalId, from);
    },
    forget: async (rentalId) => {
      this.passed.delete(rentalId);
      await this.kept.forget(rentalId);
    },
    dropOld: (now) => this.kept.dropOld(now),
  };

  passProbes(result: ProbeResult, span: Span): void {
    const probes: Passed<ProbeResult> = (from, to) => {
      const heard = [];
      for (let at = timeFrom(span, from); at < endOf(span) && at <= to; at += span.pause)
        heard.push({ at, message: { ...result, beganAt: isoOf(at) } });
      return heard;
    };
    this.pass(result.rentalId, { end: endOf(span), heartbeats: nothing, probes });
  }

  passHeartbeats(rentalId: string, startedAt: Millis, heartbeat: Heartbeat, span: Span): void {
    const minuteAfter = (at: Millis): Millis => minuteStart(startedAt, minuteAt(startedAt, at) + 1);
    // The minute of the last one that was really sent has its heartbeat.
    const begin = minuteAfter(Date.parse(heartbeat.sentAt));
    const heartbeats: Passed<Heartbeat> = (from, to) => {
      const heard = [];
      let at = timeFrom(span, Math.max(begin, minuteStart(startedAt, minuteAt(startedAt, from))));
      for (; at < endOf(span) && at <= to; at = timeFrom(span, minuteAfter(at))) {
        const seq = heartbeat.seq + 1 + (at - span.first) / span.pause;
        const message = { ...heartbeat, sentAt: isoOf(at), seq, signature: '' };
        heard.push({ at, message: this.archive?.sign(message) ?? message });
      }
      return heard;
    };
    this.pass(rentalId, { end: endOf(span), heartbeats, probes: nothing });
  }

  private pass(rentalId: string, passed: PassedOver): void {
    const known = this.passed.get(rentalId);
    if (known === undefined) this.passed.set(rentalId, [passed]);
    else known.push(passed);
  }
}

/** The first time of the span at or after `from`. */
const timeFrom = ({ first, pause }: Span, from: Millis): Millis =>
  first + Math.max(0, Math.ceil((from - first) / pause)) * pause;

const inOrder = <Message>(heard: Heard<Message>[]): Heard<Message>[] => heard.sort((a, b) => a.at - b.at);
