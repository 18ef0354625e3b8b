/**
 * The parts of an export: each download is one, with a header and an end, and a file holds one or more, one after the other.
 * A part that broke off may be followed by one that goes on exactly where it stopped.
 */

import type { exportEnd, exportHeader } from '@tokenos/contracts/export/export-line';
import type { z } from 'zod';

type Header = z.output<typeof exportHeader>;
type End = z.output<typeof exportEnd>['end'];
type Kind = Header['holds'];

/** Words that still lack the place they are about. */
export class Fault extends Error {}

/** All parts of one kind so far, as if they were one. */
interface Run {
  /** Up to here it goes; the next part goes on after it. */
  position: string | null;
  /** Its last part has had its end. */
  ended: boolean;
}

/** Throws a Fault where the lines contradict what they say of themselves. `partial`: takes gaps, and parts without an end. */
export class Parts {
  private readonly runs = new Map<Kind, Run>();
  private current: { readonly holds: Kind; lines: number } | null = null;
  private whole = true;
  /** Facts have come since the last part of evidence had its end. */
  private factsSince = false;

  constructor(private readonly partial: boolean) {}

  get hasEvidence(): boolean {
    return this.runs.has('evidence');
  }

  positionOf(kind: Kind): string | null {
    return this.runs.get(kind)?.position ?? null;
  }

  begin({ holds, after, stream }: Header): void {
    const before = this.runs.get(holds);
    if (stream !== null) this.lack(`holds only ${stream}`);
    else if (before === undefined && after !== null)
      this.lack(`begins after position ${after}, not with the first of the ${holds}`);
    else if (before !== undefined && after !== before.position) {
      this.lack(
        `goes on after position ${after ?? 'none'}, and the ${holds} before it end at ${before.position ?? 'none'}`,
      );
    }
    this.runs.set(holds, { position: after, ended: false });
    this.current = { holds, lines: 0 };
  }

  see(kind: Kind, position: string): void {
    const run = this.runs.get(kind);
    if (run === undefined || this.current?.holds !== kind)
      throw new Fault(`is one of ${kind}, and no header before it says so`);
    this.current.lines += 1;
    run.position = position;
    if (kind === 'facts') this.factsSince = true;
  }

  end(end: End): void {
    const { current } = this;
    const run = current === null ? undefined : this.runs.get(current.holds);
    if (current === null || run === undefined) throw new Fault('is the end of nothing: no header came before it');
    const told = current.holds === 'facts' ? end.facts : end.evidence;
    if (told !== current.lines) {
      throw new Fault(`says that there were ${told} lines of ${current.holds}, and ${current.lines} are here`);
    }
    Object.assign(run, { position: end.position, ended: true });
    if (current.holds === 'evidence') this.factsSince = false;
    this.current = null;
  }

  /** Its last line has no end, as a download leaves it that breaks off. */
  cutOff(): void {
    this.lack('is cut off in the middle of its line');
  }

  /** Tells whether everything is there that the export means to hold. */
  finish(): boolean {
    for (const [kind, { position, ended }] of this.runs) {
      if (!ended) this.lack(`is cut off: no end after position ${position ?? 'none'} of the ${kind}`);
    }
    const [facts, evidence] = [this.positionOf('facts'), this.positionOf('evidence')];
    // A file that was being brought up to date, and has only the new facts yet.
    if (this.hasEvidence && this.factsSince && facts !== evidence) {
      this.lack(`holds facts up to position ${facts}, and evidence only up to ${evidence ?? 'none'}`);
    }
    return this.whole;
  }

  private lack(what: string): void {
    if (!this.partial) throw new Fault(`${what}. Export the rest, or say --partial to have this judged alone`);
    this.whole = false;
  }
}
