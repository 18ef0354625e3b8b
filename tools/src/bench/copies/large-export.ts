/** An export of as many facts as asked for: copies of told stories, one after the other over years, in the order in which a store would have them. */

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { EXPORT_FORMAT } from '@tokenos/contracts/export/export-line';
import { failover, nobodyCanServe } from '@tokenos/simulation/stories/failover';
import { preemption } from '@tokenos/simulation/stories/preemption';
import { reserved } from '@tokenos/simulation/stories/reserved';
import type { Story } from '@tokenos/simulation/stories/story';
import { tell } from '@tokenos/simulation/stories/tell';
import { DAY } from '@tokenos/domain/time';
import { town } from '@tokenos/simulation/stories/town';
import { Copy } from './copy.js';
import { templateOf, type Template } from './template.js';

const FIRST_DAY = Math.floor(Date.UTC(2010, 0, 1) / DAY);
const BATCH_CHARACTERS = 1_000_000;

/**
 * What a hundred copies are of: the town has 24 rentals, each other story one or two. In none of them two machines are equally
 * good: between those a hash of their names decides, and in a copy it could decide otherwise.
 */
const MIX: readonly (readonly [story: Story, copies: number])[] = [
  [town, 79],
  [preemption, 8],
  [failover, 8],
  [nobodyCanServe, 4],
  [reserved, 1],
];

export type Templates = readonly (readonly [template: Template, copies: number])[];

export async function tellTemplates(): Promise<Templates> {
  const templates: [Template, number][] = [];
  for (const [story, copies] of MIX) {
    const { envelopes, report } = await tell(story, 1);
    if (report.findings.length > 0) throw new Error(`${story.name} has findings`);
    templates.push([templateOf(envelopes), copies]);
  }
  return templates;
}

export interface Written {
  readonly facts: number;
  /** All rentals in it are settled, except those whose story was cut off by the number of facts. */
  readonly rentals: number;
  readonly bytes: number;
}

/** At least so many facts, and no story begun without its end. */
export async function writeExport(path: string, templates: Templates, facts: number): Promise<Written> {
  const out = createWriteStream(path);
  const written = { facts: 0, rentals: 0, bytes: 0 };
  let batch = '';
  const write = async (line: string): Promise<void> => {
    batch += `${line}\n`;
    if (batch.length < BATCH_CHARACTERS) return;
    await flush(out, batch);
    batch = '';
  };
  await write(JSON.stringify({ format: EXPORT_FORMAT, holds: 'facts', after: null, stream: null }));
  for (const line of linesOf(copiesOf(templates, facts))) {
    written.facts += 1;
    if (line.includes('"type":"RentalRequested.v1"')) written.rentals += 1;
    await write(`{"position":"${written.facts}","fact":${line}}`);
  }
  const end = { position: written.facts.toString(), facts: written.facts, evidence: 0 };
  await write(JSON.stringify({ end }));
  out.end(batch);
  await finished(out);
  return { ...written, bytes: out.bytesWritten };
}

async function flush(out: WriteStream, text: string): Promise<void> {
  if (!out.write(text)) await once(out, 'drain');
}

function copiesOf(templates: Templates, facts: number): Copy[] {
  const order = templates.flatMap(([template, copies]) => Array.from({ length: copies }, () => template));
  const chosen: Template[] = [];
  for (let count = 0; count < facts;) {
    // 37 and 100 share no divisor: every hundred copies are each of the hundred once, well mixed.
    const template = order[(chosen.length * 37) % order.length];
    if (template === undefined) throw new Error('there are no stories');
    chosen.push(template);
    count += template.facts.length;
  }
  let begunOn = FIRST_DAY;
  return chosen.map((template, number) => {
    const copy = new Copy(template, number, begunOn);
    begunOn += template.days;
    return copy;
  });
}

function* linesOf(copies: readonly Copy[]): Generator<string> {
  for (const copy of copies) for (const fact of copy.template.facts) yield copy.line(fact);
}
