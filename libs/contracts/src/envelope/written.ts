/**
 * Reads an envelope from its JSON text, and keeps what its hash is computed over: where the text is canonical already, as in
 * an export, nothing has to be put in order and written again.
 */

import { millisOf } from '../facts/instant-text.js';
import type { Envelope, Json } from './envelope.js';
import { canonicalEnd, UNSURE } from './json-scan.js';

export interface Written {
  readonly envelope: Envelope;
  /** Canonical JSON of the envelope without its two hashes. */
  readonly body: string;
  /** The index behind it. */
  readonly end: number;
}

/** What members look like where nothing is unusual about them: each takes less than envelopeSchema does. */
const USUAL = {
  id: /"([0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"/,
  stream: /"([a-z]+-[\w-]+)"/,
  revision: /(0|[1-9]\d{0,8})/,
  type: /"([A-Z][A-Za-z]+\.v[1-9]\d*)"/,
  at: /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/,
  by: /"([\w-]+)"/,
  correlationId: /"([\w:.-]+)"/,
  causationId: /"([\w:.-]+)"/,
  // Looked at on its own.
  data: /(?=(\{))/,
  prevHash: /"([0-9a-f]{64})"/,
  hash: /"([0-9a-f]{64})"/,
};
type Name = keyof typeof USUAL;

interface Layout {
  /** Up to the data, and from behind it to the end. */
  readonly before: RegExp;
  readonly behind: RegExp;
  /** Where each member is among those that the two found. */
  readonly place: Readonly<Record<Name, number>>;
}

const NAMES = Object.keys(USUAL) as Name[];

function layoutOf(names: readonly Name[]): Layout {
  const pattern = (some: readonly Name[]): string => some.map((name) => `"${name}":${USUAL[name].source}`).join(',');
  const data = names.indexOf('data') + 1;
  return {
    before: new RegExp(`\\{${pattern(names.slice(0, data))}`, 'y'),
    behind: new RegExp(`,${pattern(names.slice(data))}\\}`, 'y'),
    place: Object.fromEntries(NAMES.map((name) => [name, names.indexOf(name)])) as Record<Name, number>,
  };
}

/** As Postgres gives envelopes, as they are sealed, and as canonical JSON has them. */
const LAYOUTS: readonly Layout[] = [
  layoutOf(NAMES),
  layoutOf([
    'id',
    'stream',
    'type',
    'data',
    'at',
    'by',
    'correlationId',
    'causationId',
    'revision',
    'prevHash',
    'hash',
  ]),
  layoutOf([...NAMES].sort()),
];

/**
 * The envelope that begins at `start`. Null where anything about it is unusual, and also where it is none: then a parser and
 * the schema must say.
 */
export function readWritten(text: string, start = 0): Written | null {
  for (const { before, behind, place } of LAYOUTS) {
    before.lastIndex = start;
    const found = before.exec(text);
    if (found === null) continue;
    const from = before.lastIndex;
    const dataEnd = canonicalEnd(text, from);
    if (dataEnd === UNSURE) return null;
    behind.lastIndex = dataEnd;
    const more = behind.exec(text);
    if (more === null) return null;
    found.shift();
    for (let index = 1; index < more.length; index++) found.push(more[index] ?? '');
    return wholeOf(found, place, text.slice(from, dataEnd), behind.lastIndex);
  }
  return null;
}

function wholeOf(found: readonly string[], place: Layout['place'], data: string, end: number): Written | null {
  const id = found[place.id] ?? '';
  const stream = owned(found[place.stream] ?? '');
  const revision = found[place.revision] ?? '';
  const type = found[place.type] ?? '';
  const at = found[place.at] ?? '';
  const by = found[place.by] ?? '';
  const correlationId = found[place.correlationId] ?? '';
  const causationId = found[place.causationId] ?? '';
  const prevHash = found[place.prevHash] ?? '';
  const hash = owned(found[place.hash] ?? '');
  if (Number.isNaN(millisOf(at))) return null;
  const body = `{"at":"${at}","by":"${by}","causationId":"${causationId}","correlationId":"${correlationId}","data":${data},"id":"${id}","revision":${revision},"stream":"${stream}","type":"${type}"}`;
  const envelope = {
    id,
    stream,
    revision: Number(revision),
    type,
    at,
    by,
    correlationId,
    causationId,
    data: JSON.parse(data) as Json,
    prevHash,
    hash,
  };
  return { envelope, body, end };
}

const scratch = Buffer.alloc(4_096);

/** Part of a line keeps the whole line in memory for as long as it is kept; what readers keep of an envelope must not. ASCII only. */
function owned(text: string): string {
  return text.length > scratch.length ? text : scratch.toString('latin1', 0, scratch.write(text, 'latin1'));
}
