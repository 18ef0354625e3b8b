/** Reads an export of either form, line by line, and holds it to its own word: headers first, ends that count right, no gap between parts. */

import { envelopeSchema, type Envelope } from '@tokenos/contracts/envelope/envelope';
import {
  EXPORT_FORMAT,
  exportedEvidence,
  exportedFact,
  exportEnd,
  exportHeader,
  type ExportedEvidence,
} from '@tokenos/contracts/export/export-line';
import { readWrittenFact } from '@tokenos/contracts/export/written-fact';
import type { z } from 'zod';
import { BadInput } from '../exit.js';
import { eachLine } from './lines.js';
import { Fault, Parts } from './parts.js';
import type { Source } from './source.js';

/** Told what stands on each line, in the order of the file. */
export interface Hearer {
  /**
   * `position`: the store's own; null in a file of bare envelopes, which has no positions. `body`: what its hash is computed
   * over, where that could be taken from the line as it stands.
   */
  fact(envelope: Envelope, position: string | null, body?: string): void;
  evidence?(evidence: ExportedEvidence): void;
}

/** What was read, once all of it was. */
export interface ExportSummary {
  /** `envelopes`: bare ones, one a line, which cannot tell whether any are missing at the end. */
  readonly format: typeof EXPORT_FORMAT | 'envelopes';
  readonly facts: number;
  /** How many pieces; null where it has no part for evidence. */
  readonly evidence: number | null;
  /** Every part has its end, and the facts are those of all streams from the first on; null where the format cannot tell. */
  readonly complete: boolean | null;
  /** The store's position up to which it holds the facts; null where there is none. */
  readonly position: string | null;
}

export interface ReadOptions {
  /** Takes a file that is cut off, begins later than the history does, or holds one stream. */
  readonly partial: boolean;
}

/** Throws BadInput, with file and line, for whatever is no export or not a whole one; Unreachable where it comes from afar and does not. */
export async function readExport(source: Source, hearer: Hearer, options: ReadOptions): Promise<ExportSummary> {
  const reader = new ExportReader(source.name, hearer, options);
  await eachLine(source.bytes, source.name, (line, _, isWhole) => reader.hear(line, isWhole));
  return reader.finish();
}

type Line = Readonly<Record<string, unknown>>;

/** Takes an export line by line. Throws BadInput that names the place. */
export class ExportReader {
  private format: ExportSummary['format'] | null = null;
  private readonly parts: Parts;
  private lines = 0;
  private facts = 0;
  private pieces = 0;

  constructor(
    private readonly name: string,
    private readonly hearer: Hearer,
    { partial }: ReadOptions,
  ) {
    this.parts = new Parts(partial);
  }

  /** Up to where it has them; null is before the first. */
  positionOf(kind: 'facts' | 'evidence'): string | null {
    return this.parts.positionOf(kind);
  }

  /** It has begun as one, with a header. */
  get isExport(): boolean {
    return this.format === EXPORT_FORMAT;
  }

  /** A line with or without its break; a blank one says nothing. `isWhole`: it had one, so that nothing of it is missing. */
  hear(text: string, isWhole = true): void {
    this.lines += 1;
    if (text.trim() === '') return;
    this.placed(() => {
      if (this.hearWritten(text)) return;
      const value = jsonOf(text);
      if (value === undefined && !isWhole && this.format !== null) this.parts.cutOff();
      else this.take(lineOf(value));
    }, `${this.name}:${this.lines}`);
  }

  finish(): ExportSummary {
    return this.placed(() => this.summary(), this.name);
  }

  private placed<T>(act: () => T, place: string): T {
    try {
      return act();
    } catch (error) {
      throw error instanceof Fault ? new BadInput(`${place} ${error.message}`) : error;
    }
  }

  private take(line: Line): void {
    if ('format' in line) this.begin(line);
    else if (this.format !== EXPORT_FORMAT) this.hearBare(line);
    else if ('fact' in line) this.hearFact(line);
    else if ('evidence' in line) this.hearEvidence(line);
    else if ('end' in line) this.parts.end(checked(exportEnd, line, "is not an export's end").end);
    else throw new Fault('is no line of an export');
  }

  private summary(): ExportSummary {
    const { format, facts, pieces, parts } = this;
    if (format === null) throw new Fault('is empty');
    const complete = format === EXPORT_FORMAT ? parts.finish() : null;
    if (facts === 0) throw new Fault('holds no facts');
    return {
      format,
      facts,
      evidence: parts.hasEvidence ? pieces : null,
      complete,
      position: parts.positionOf('facts'),
    };
  }

  private begin(line: Line): void {
    if (this.format === 'envelopes') throw new Fault('is a header among bare envelopes');
    if (line['format'] !== EXPORT_FORMAT) {
      throw new Fault(`is of the format ${JSON.stringify(line['format'])}: this program reads ${EXPORT_FORMAT}`);
    }
    this.parts.begin(checked(exportHeader, line, "is not an export's header"));
    this.format = EXPORT_FORMAT;
  }

  /** The quick way for the lines of which there are most; false: this line is another, or unusual, and was not heard. */
  private hearWritten(text: string): boolean {
    const written = this.format === EXPORT_FORMAT ? readWrittenFact(text) : null;
    if (written === null) return false;
    const { position, envelope, body } = written;
    this.parts.see('facts', position);
    this.facts += 1;
    this.hearer.fact(envelope, position, body);
    return true;
  }

  private hearBare(line: Line): void {
    const fact = checked(envelopeSchema, line, "is not a fact's envelope");
    this.format = 'envelopes';
    this.facts += 1;
    this.hearer.fact(fact, null);
  }

  private hearFact(line: Line): void {
    const { position, fact } = checked(exportedFact, line, 'is not an exported fact');
    this.parts.see('facts', position);
    this.facts += 1;
    this.hearer.fact(fact, position);
  }

  private hearEvidence(line: Line): void {
    const { position, evidence } = checked(exportedEvidence, line, 'is not exported evidence');
    this.parts.see('evidence', position);
    this.pieces += 1;
    this.hearer.evidence?.(evidence);
  }
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lineOf(value: unknown): Line {
  if (value === undefined) throw new Fault('is not JSON');
  if (typeof value !== 'object' || value === null) throw new Fault('is no JSON object');
  return value as Line;
}

function checked<T>(schema: z.ZodType<T>, line: Line, otherwise: string): T {
  const result = schema.safeParse(line);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new Fault(`${otherwise}${where === '' ? '' : `: ${where}`}`);
}
