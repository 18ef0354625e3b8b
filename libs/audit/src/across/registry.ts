/** What rentals and plans say of nodes and operators, held against what those said of themselves. */

import { gridIntensity } from '@tokenos/contracts/carbon/grid-intensity';
import type { Json } from '@tokenos/contracts/envelope/envelope';
import type { Note } from '../finding.js';
import type { NoteAt } from '../here.js';
import { Packed } from '../packed.js';
import { amount } from '../units.js';
import type { RentalData } from '../wire.js';
import type { Choice } from './fleet.js';
import { Nodes } from './nodes.js';
import { Operators } from './operators.js';

type Place = { readonly stream: string; readonly revision: number };
type Payout = Place & { readonly operatorId: string; readonly wallet: string; readonly at: number };
type Emitted = Place & { readonly group: RentalData<'CarbonAttributed'>['groups'][number]; readonly at: number };

export class Registry {
  readonly nodes = new Nodes();
  readonly operators = new Operators();
  private readonly payouts = new Packed<Payout>();
  private readonly emitted = new Packed<Emitted>();

  seePayout(payout: Payout): void {
    this.payouts.add(payout);
  }

  seeCarbon(emitted: Emitted): void {
    this.emitted.add(emitted);
  }

  /** `partial`: say nothing of nodes and operators that are not in the export. */
  check(noteAt: NoteAt, partial: boolean): void {
    for (const { stream, revision, operatorId, wallet, at } of this.payouts) {
      const known = this.operators.walletsAt(operatorId, at);
      if (known === null && partial) continue;
      isOneOf(noteAt(stream, revision), 'settlement@1', `payout wallet of ${operatorId}`, known ?? [], wallet);
    }
    for (const { stream, revision, group, at } of this.emitted) {
      const { nodeId, country, puePercent } = group;
      const enrolled = this.nodes.get(nodeId)?.enrolled ?? null;
      if (enrolled === null) continue;
      const note = noteAt(stream, revision);
      note.compare('carbon@1', `country of ${nodeId}`, enrolled.country, country);
      checkGrid(group, note);
      isOneOf(note, 'carbon@1', `declared PUE of ${nodeId}`, this.nodes.pueAt(nodeId, at), puePercent);
    }
  }

  /** Only once every stream is read. */
  checkPlacement({ placed, terms }: Choice, note: Note, partial: boolean): void {
    const node = this.nodes.get(placed.nodeId);
    const enrolled = node?.enrolled ?? null;
    if (node === undefined || enrolled === null) {
      if (!partial) note('placement@1', `node ${placed.nodeId} never enrolled`);
      return;
    }
    const expected = { operatorId: enrolled.operatorId, gpuTier: terms.gpuTier, region: terms.region };
    const region = terms.region === null ? null : enrolled.region;
    const found = { operatorId: placed.operatorId, gpuTier: enrolled.gpuTier, region };
    note.compare('placement@1', `node ${placed.nodeId} is not what was asked for`, expected, found);
    if (!node.verified.some(({ value }) => value)) note('placement@1', `node ${placed.nodeId} was never verified`);
    const rate = amount(placed.rateMicroUsdcPerHour);
    if (!node.prices.some(({ value }) => value === rate)) {
      note('placement@1', `node ${placed.nodeId} never asked ${placed.rateMicroUsdcPerHour} per GPU-hour`);
    }
    const own = new Set(enrolled.gpus.map((gpu) => gpu.uuid));
    const foreign = placed.gpus.find((gpu) => !own.has(gpu.uuid));
    if (foreign !== undefined) note('placement@1', `node ${placed.nodeId} has no GPU ${foreign.uuid}`);
  }
}

/** Against the one table: a figure of another release of it is for an auditor who has that one. */
function checkGrid({ country, intensity, intensityScale, intensitySource }: Emitted['group'], note: Note): void {
  const grid = gridIntensity(country);
  note.compare('carbon@1', `grid of ${country}`, { ...grid }, { intensity, intensityScale, intensitySource });
}

/** More than one where the value changed a moment before. */
function isOneOf(note: Note, code: Parameters<Note>[0], what: string, known: readonly Json[], found: Json): void {
  if (!known.includes(found)) note.compare(code, what, known.at(-1) ?? null, found);
}
