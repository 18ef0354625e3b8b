/**
 * Evidence and the facts that name it, brought together whichever comes first. What comes after its fact and its node's is
 * judged at once and forgotten; what comes before is held till the end.
 */

import { sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { idOf } from '@tokenos/contracts/envelope/envelope';
import { evidenceBody, type EvidenceBody } from '@tokenos/contracts/export/evidence-body';
import type { ExportedEvidence } from '@tokenos/contracts/export/export-line';
import type { Nodes } from '../across/nodes.js';
import type { Note } from '../finding.js';
import type { NoteAt } from '../here.js';
import { Packed } from '../packed.js';
import { DAY_MS } from '../units.js';
import type { Claim } from './claim.js';
import { checkMinutes } from './minutes.js';

/** Whether every minute must be proven, or only what is proven is looked at. */
export type EvidenceWanted = 'required' | 'if present';

/** The platform keeps it for 90 days from a moment before the fact; on the last of them it may be gone. */
const KEPT_MS = 89 * DAY_MS;

export class Evidence {
  /** By the hash that a fact names, its place among all; null once it is judged. */
  private readonly claims = new Map<string, number | null>();
  private readonly made = new Packed<Claim>();
  private readonly early = new Map<string, ExportedEvidence>();
  /** Of all facts so far, the time of the last. */
  lastAt = Number.NEGATIVE_INFINITY;

  /** `isWanted` false: no evidence will come, and no claim is kept. */
  constructor(
    private readonly nodes: Pick<Nodes, 'get'>,
    private readonly noteAt: NoteAt,
    private readonly isWanted: boolean,
  ) {}

  /** Of each fact: the last tells how old the others are. */
  seeTime(at: number): void {
    if (at > this.lastAt) this.lastAt = at;
  }

  seeClaim(claim: Claim): void {
    if (!this.isWanted) return;
    const { evidenceSha256 } = claim.usage;
    if (this.claims.has(evidenceSha256)) {
      this.noteAt(claim.stream, claim.revision)('minutes@1', 'it names the evidence of another UsageMetered');
    } else {
      this.claims.set(evidenceSha256, this.made.add(claim));
    }
  }

  see(evidence: ExportedEvidence): void {
    const place = this.claims.get(evidence.sha256);
    if (place === null) return;
    const claim = place === undefined ? undefined : this.made.at(place);
    const nodeKey = claim === undefined ? null : this.keyFor(claim);
    if (claim === undefined || nodeKey === null) this.early.set(evidence.sha256, evidence);
    else this.judge(claim, evidence, nodeKey, this.noteAt);
  }

  /** `partial`: say nothing of nodes that are not in the export. */
  check(noteAt: NoteAt, wanted: EvidenceWanted, partial: boolean): void {
    for (const place of this.claims.values()) {
      if (place === null) continue;
      const claim = this.made.at(place);
      const evidence = this.early.get(claim.usage.evidenceSha256);
      const note = noteAt(claim.stream, claim.revision);
      if (evidence === undefined) {
        if (wanted === 'required' && claim.at > this.lastAt - KEPT_MS) note('minutes@1', 'its evidence is missing');
        continue;
      }
      const nodeKey = this.keyFor(claim);
      if (nodeKey === null && !partial) note('minutes@1', `nobody knows the key of node ${claim.placed.nodeId}`);
      this.judge(claim, evidence, nodeKey, noteAt);
    }
  }

  private keyFor({ placed }: Claim): string | null {
    return this.nodes.get(placed.nodeId)?.enrolled?.nodeKey ?? null;
  }

  private judge(claim: Claim, evidence: ExportedEvidence, nodeKey: string | null, noteAt: NoteAt): void {
    const { stream, revision, usage } = claim;
    const note = noteAt(stream, revision);
    this.claims.set(usage.evidenceSha256, null);
    this.early.delete(usage.evidenceSha256);
    const { rentalId, firstMinute } = evidence;
    const label = { rentalId: idOf(stream), firstMinute: usage.firstMinute };
    note.compare('minutes@1', 'what the evidence is said to be about', label, { rentalId, firstMinute });
    const body = bodyOf(evidence, note);
    if (body !== null) checkMinutes(claim, body, nodeKey, note);
  }
}

/** Null, and noted, where it is not what it is said to be. */
function bodyOf({ sha256, body }: ExportedEvidence, note: Note): EvidenceBody | null {
  if (!note.compare('minutes@1', 'SHA-256 of the evidence', sha256, sha256Hex(body))) return null;
  const parsed = evidenceBody.safeParse(parse(body));
  if (parsed.success) return parsed.data;
  note('minutes@1', 'the evidence cannot be read');
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
