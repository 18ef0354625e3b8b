/** A second opinion on an export of facts: every envelope once, in the store's order. (Without anchors in it: streams in any order, each in its own.) */

import { categoryOf, idOf, isEnvelope, type Envelope } from '@tokenos/contracts/envelope/envelope';
import type { ExportedEvidence } from '@tokenos/contracts/export/export-line';
import { Corrections } from './across/corrections.js';
import { Fleet } from './across/fleet.js';
import { Anchors } from './anchors/anchors.js';
import { OneChain } from './across/one-chain.js';
import { Leases } from './across/leases.js';
import { Registry } from './across/registry.js';
import { Reputations } from './across/reputations.js';
import { Spots } from './across/spots.js';
import { Transfers } from './across/transfers.js';
import { Verdicts } from './across/verdicts.js';
import { Yielding } from './across/yielding.js';
import { authorsOf } from './authors.js';
import { Chains } from './chain.js';
import { Evidence, type EvidenceWanted } from './evidence/evidence.js';
import { noting, type Finding, type Note } from './finding.js';
import type { Books, Here, NoteAt } from './here.js';
import { auditPayment, isClosedPayment, type Payment } from './payment.js';
import { isClosed, keepsAccess } from './rental/ending.js';
import type { Rental } from './rental/fold.js';
import { auditRental } from './rental/rental.js';
import { countPayment, countRental, noSums, totalsOf, type Totals } from './totals.js';
import { instant, SECOND_MS } from './units.js';
import { Shelf } from './shelf.js';
import { readFact, type StreamFact } from './wire.js';

export interface AuditOptions {
  /** The history is at its end: money that is still held, or an end that is not settled, is a finding. */
  readonly requireSettled?: boolean;
  /** The export holds only some streams: nothing is said of payments, nodes and operators that are not in it. */
  readonly partial?: boolean;
  /** How much faster than real the platform's clock ran: limits on real machines stretch with it. */
  readonly clockScale?: number;
  /** Evidence is to come, before or after the facts that name it; absent: none is, and no minute is judged again. */
  readonly evidence?: EvidenceWanted;
  /** How many streams of a kind that are done with stay as they are before the longest done is packed away: time against memory. */
  readonly lingering?: number;
}

export interface AuditReport {
  readonly findings: readonly Finding[];
  readonly totals: Totals;
}

export interface Audit {
  /**
   * Never throws: what cannot be read is a finding. `position`: the store's, where the export says it. `body`: what the hash is
   * computed over, where its reader found it written so (contracts/envelope/written.ts).
   */
  see(envelope: Envelope, position?: string | null, body?: string | null): void;
  /** Facts first, where there is much of it: what comes before its fact is held. */
  seeEvidence(evidence: ExportedEvidence): void;
  /** `wanted`, where only the end of the export tells whether it holds all evidence. */
  report(wanted?: EvidenceWanted): AuditReport;
}

const REVOKE_WITHIN_MS = 5 * SECOND_MS;
/** Most streams that go on after they seemed done do so before so many others are done with. */
const LINGERING = 512;

export function audit(
  envelopes: Iterable<Envelope>,
  options?: AuditOptions,
  evidence: Iterable<ExportedEvidence> = [],
): AuditReport {
  const opened = openAudit(options);
  for (const envelope of envelopes) opened.see(envelope);
  for (const one of evidence) opened.seeEvidence(one);
  return opened.report();
}

/** For exports too long to hold: keeps a small fold per stream and no envelopes. */
export function openAudit(options: AuditOptions = {}): Audit {
  const { requireSettled = false, partial = false, clockScale = 1, lingering = LINGERING } = options;
  const findings: Finding[] = [];
  const chains = new Chains();
  const anchors = new Anchors(() => chains.heads());
  const verdicts = new Verdicts();
  const reputations = new Reputations(verdicts);
  const leases = new Leases();
  const [registry, spots] = [new Registry(), new Spots(clockScale)];
  const yielding = new Yielding(leases, spots);
  const fleet = new Fleet(registry, leases, clockScale);
  const closed = noSums();
  const rentals = new Shelf<Rental>({
    ...{ isDone: isClosed, lingering },
    away: (rental) => countRental(closed, rental, 1),
    back: (rental) => countRental(closed, rental, -1),
  });
  const payments = new Shelf<Payment>({
    ...{ isDone: isClosedPayment, lingering },
    away: (payment) => countPayment(closed, payment, 1),
    back: (payment) => countPayment(closed, payment, -1),
  });
  const noteAt: NoteAt = (stream, revision) => noting(findings, stream, revision);
  const evidence = new Evidence(registry.nodes, noteAt, options.evidence !== undefined);
  const transfers = new Transfers({
    noteAt,
    seenIn: (stream) => payments.get(stream)?.seen ?? null,
    isThere: (stream) => rentals.has(stream),
  });
  const corrections = new Corrections(registry.operators);
  const oneChain = new OneChain();
  const books: Books = { leases, yielding, spots, registry, corrections, fleet, evidence, transfers, verdicts };
  let facts = 0;
  let before: string | null = null;

  function follow(known: StreamFact, here: Here): void {
    const { category, fact } = known;
    const { stream, revision } = here;
    evidence.seeTime(here.at);
    oneChain.see(known, stream, revision);
    if (category === 'rental') {
      rentals.update(stream, (rental) => auditRental(rental, fact, here));
    } else if (category === 'payment') {
      payments.update(stream, (payment) => auditPayment(payment, fact, here));
    } else if (category === 'node') {
      registry.nodes.see(idOf(stream), fact, here);
      reputations.seeNode(idOf(stream), fact, here.at);
    } else if (category === 'anchor') {
      anchors.see(fact, here, { facts: facts - 1, position: before, partial });
    } else {
      registry.operators.see(idOf(stream), fact, here);
      reputations.seeOperator(stream, revision, fact, here.at);
      fleet.seeOperator(idOf(stream), fact, here.at);
    }
  }

  function look(envelope: Envelope, body: string | null): void {
    if (body === null && !isEnvelope(envelope)) {
      noteAt(streamOf(envelope), null)('undecodable', `envelope ${facts} of this export has not the form of one`);
      return;
    }
    const { stream, revision } = envelope;
    const [note, at] = [noteAt(stream, revision), instant(envelope.at)];
    chains.see(envelope, at, body, note);
    const fact = read(envelope, note);
    if (fact === null) return;
    const authors = authorsOf(fact.fact);
    if (!authors.includes(envelope.by)) {
      note.compare('author', `author of ${envelope.type}`, authors.join(' or '), envelope.by);
    }
    follow(fact, { stream, revision, at, note, books, revokeWithinMs: REVOKE_WITHIN_MS * clockScale });
  }

  return {
    see(envelope, position = null, body = null) {
      facts += 1;
      look(envelope, body);
      before = position;
    },

    seeEvidence: (one) => evidence.see(one),

    report(wanted = options.evidence ?? 'if present') {
      const late: Finding[] = [];
      const lateNoteAt: NoteAt = (stream, revision) => noting(late, stream, revision);
      leases.check(lateNoteAt);
      evidence.check(lateNoteAt, wanted, partial);
      transfers.check(lateNoteAt, partial);
      registry.check(lateNoteAt, partial);
      fleet.check(lateNoteAt, partial);
      reputations.check(lateNoteAt, partial);
      corrections.check(lateNoteAt, partial);
      oneChain.check(lateNoteAt);
      if (!partial) {
        registry.nodes.days.check(lateNoteAt, evidence.lastAt, clockScale);
        reputations.daily.check(lateNoteAt, 'reputation@1', evidence.lastAt, clockScale);
      }
      yielding.check(lateNoteAt, partial);
      const uncredited = transfers.uncredited();
      const totals = totalsOf({ facts, streams: chains.streams, closed, rentals, payments, uncredited });
      if (requireSettled) {
        for (const stream of totals.open) lateNoteAt(stream, null)('unsettled', 'it has not come to its end');
        for (const [stream, rental] of rentals.open()) {
          if (keepsAccess(rental)) lateNoteAt(stream, null)('I5', 'nobody saw its access end');
        }
      }
      return { findings: [...findings, ...late], totals };
    },
  };
}

/** An envelope that is not one may still say where it belongs. */
const streamOf = ({ stream }: { readonly stream?: unknown }): string => (typeof stream === 'string' ? stream : '?');

function read(envelope: Envelope, note: Note): StreamFact | null {
  try {
    return readFact(envelope);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    note('undecodable', `${envelope.type} on a ${categoryOf(envelope.stream)} stream: ${why}`);
    return null;
  }
}
