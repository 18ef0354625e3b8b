/** An export held against anchors: those in it, and those that were kept elsewhere, which whoever rewrites the export cannot rewrite. */

import { idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { anchorFacts } from '@tokenos/contracts/facts/anchor';
import type { z } from 'zod';
import { Chains } from '../chain.js';
import { noting, type Finding } from '../finding.js';
import { difference, missingDays } from './difference.js';
import type { Anchored } from './memo.js';
import { prove, type InclusionProof } from './proof.js';
import { instant } from '../units.js';
import { rootOf } from './tree.js';

type Published = z.output<(typeof anchorFacts)['AnchorPublished.v1']>;

export interface Kept extends Anchored {
  /** For people: the file, or the transaction on the chain. */
  readonly source: string;
  /** Of the transaction that says it, where that is known. */
  readonly signature?: string;
}

/** What the export's own facts come to at one place in it. */
type Counted = Omit<Anchored, 'day'>;

export interface AnchorLine extends Anchored {
  /** Null: the export has no anchor of that day. */
  readonly counted: Counted | null;
  readonly agrees: boolean;
  /** `export`, and wherever else it was kept. */
  readonly sources: readonly string[];
}

export interface AnchorReport {
  readonly findings: readonly Finding[];
  /** In the order of days. */
  readonly anchors: readonly AnchorLine[];
  readonly facts: number;
  /** Facts after the last anchor that agrees: nothing vouches for them yet. */
  readonly uncovered: number;
  /** Between the first and the last anchor. */
  readonly missedDays: readonly string[];
  /** Of the newest anchor, or the one of the day asked for. */
  readonly proof: InclusionProof | null;
}

export interface Asked {
  /** In any order. */
  readonly kept?: readonly Kept[];
  /** Every anchor of the treasury is among `kept`: one that is only in the export is a finding. */
  readonly keptAll?: boolean;
  /** Whose inclusion to prove, and under which day's root (null: the newest). */
  readonly proof?: { readonly stream: string; readonly day: string | null };
}

export class AnchorCheck {
  /** A head stands for the facts before it only where each of them is the one that was hashed. */
  private readonly chains = new Chains();
  private readonly broken: Finding[] = [];
  /** How many facts come before the first that is not as it was hashed. */
  private intact = Infinity;
  private readonly counts = new Map<number, Counted>();
  /** Where each day's anchor begins. */
  private readonly begun = new Map<string, Counted>();
  private readonly published = new Map<string, Published>();
  private readonly places: ReadonlySet<number>;
  private facts = 0;
  private proof: InclusionProof | null = null;

  constructor(private readonly asked: Asked = {}) {
    this.places = new Set(asked.kept?.map(({ facts }) => facts));
  }

  /** Every fact once, in the order of the store. `body`: what its hash is computed over, where that is at hand. */
  see(envelope: Envelope, body: string | null = null): void {
    const { stream, revision, type, at } = envelope;
    if (this.places.has(this.facts)) this.count();
    if (stream.startsWith('anchor-')) {
      const day = idOf(stream);
      if (type === 'AnchorBegun.v1' && !this.begun.has(day)) this.begin(day);
      const read = type === 'AnchorPublished.v1' ? anchorFacts[type].safeParse(envelope.data) : null;
      if (read?.success === true) this.published.set(day, read.data);
    }
    this.chains.see(envelope, instant(at), body, noting(this.broken, stream, revision));
    if (this.broken.length > 0) this.intact = Math.min(this.intact, this.facts);
    this.facts += 1;
  }

  report(): AnchorReport {
    if (this.places.has(this.facts)) this.count();
    const findings = [...this.broken];
    const kept = byDay(this.asked.kept ?? []);
    const days = [...new Set([...this.published.keys(), ...kept.keys()])].sort();
    const anchors = days.flatMap((day) => this.judge(day, kept.get(day) ?? [], findings));
    const covered = anchors.filter(({ agrees }) => agrees).map(({ facts }) => facts);
    return {
      findings,
      anchors,
      facts: this.facts,
      uncovered: this.facts - Math.max(0, ...covered),
      missedDays: missingDays(days),
      proof: this.proof,
    };
  }

  private begin(day: string): void {
    this.begun.set(day, this.count());
    const { proof } = this.asked;
    if (proof !== undefined && (proof.day === null || proof.day === day)) {
      this.proof = prove(this.chains.heads(), day, proof.stream);
    }
  }

  private count(): Counted {
    const counted = this.counts.get(this.facts) ?? { facts: this.facts, ...rootOf(this.chains.heads()) };
    this.counts.set(this.facts, counted);
    return counted;
  }

  /** One line for each root that is said to be that day's: one, as it should be. */
  private judge(day: string, kept: readonly Kept[], findings: Finding[]): AnchorLine[] {
    const own = this.published.get(day);
    const said: Kept[] = [...(own === undefined ? [] : [{ ...own, source: 'export' }]), ...kept];
    const roots = new Map<string, Kept[]>();
    for (const one of said) roots.set(keyOf(one), [...(roots.get(keyOf(one)) ?? []), one]);
    const note = noting(findings, `anchor-${day}`, null);
    if (roots.size > 1) {
      note(
        'anchor@1',
        `one day, ${roots.size} anchors: ${said.map(({ root, source }) => `${source} says ${root}`).join(', ')}`,
      );
    }
    const signatures = new Set(kept.flatMap(({ signature }) => signature ?? []));
    if (signatures.size > 1) note('anchor@1', `one day, ${signatures.size} memos: ${[...signatures].join(', ')}`);
    if (own !== undefined && this.asked.keptAll === true && !signatures.has(own.signature)) {
      note('anchor@1', `it is said to be published as ${own.signature}, and the chain has no such memo`);
    }
    return [...roots.values()].flatMap(([anchored, ...others]) => {
      if (anchored === undefined) return [];
      const begun = this.begun.get(day);
      const counted = begun ?? this.counts.get(anchored.facts) ?? null;
      const sources = [anchored, ...others].map(({ source }) => source);
      const why = this.whyNot(anchored, counted, begun !== undefined);
      const { facts, streams, root } = anchored;
      const expected = { facts, streams, root };
      // Told also where the two are the same: then it is the anchor that is missing.
      if (why !== null && note.compare('anchor@1', why, expected, { ...(counted ?? { facts: this.facts }) })) {
        note('anchor@1', why);
      }
      return [{ day, facts, streams, root, counted, agrees: why === null, sources }];
    });
  }

  /** In words what is wrong, as closely as numbers can tell; null where all is as it was anchored. */
  private whyNot(anchored: Anchored, counted: Counted | null, hasBegun: boolean): string | null {
    if (counted === null) {
      return `cut: ${anchored.facts} facts were anchored, and the export ends after ${this.facts}`;
    }
    const sames =
      counted.root === anchored.root && counted.facts === anchored.facts && counted.streams === anchored.streams;
    if (!hasBegun) {
      return sames
        ? 'removed: every fact that it covers is here, and the anchor itself is not'
        : `removed, and the first ${anchored.facts} facts are not the ones that were anchored: ${difference(anchored, counted)}`;
    }
    if (!sames) return `rewritten: ${difference(anchored, counted)}`;
    return anchored.facts <= this.intact
      ? null
      : 'rewritten: its root is over hashes, and a fact that it covers is not the one that was hashed';
  }
}

const keyOf = ({ root, facts, streams }: Anchored): string => `${root} ${facts} ${streams}`;

function byDay(kept: readonly Kept[]): ReadonlyMap<string, readonly Kept[]> {
  const days = new Map<string, Kept[]>();
  for (const one of kept) days.set(one.day, [...(days.get(one.day) ?? []), one]);
  return days;
}
