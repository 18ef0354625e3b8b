/** What an append costs by how many facts are stored already: a database for each size, measured in turns. */

import type { EventStore } from '@tokenos/runtime/event-store/port';
import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import pg from 'pg';
import type { Interrupt } from '../../platform/interrupt.js';
import { compareCosts, type Figure } from '../figures.js';
import { benchFact } from './bench-facts.js';
import { type Load, loadBy, type Write } from './load.js';

const FACTS_PER_STREAM = 20;
const WRITERS = 16;
const ROUNDS = 9;
const WINDOW_MS = 400;
const FILLED_AT_ONCE = 100_000;

interface Filled {
  readonly size: number;
  readonly store: EventStore;
  readonly writers: readonly Write[];
  readonly loads: Load[];
}

/** `urls`: an empty database for each size, ascending. */
export async function growth(
  sizes: readonly { readonly facts: number; readonly url: string }[],
  server: number,
  interrupted: Interrupt,
): Promise<readonly Figure[]> {
  const filled: Filled[] = [];
  try {
    for (const { facts, url } of sizes) filled.push(await fill(url, facts, interrupted));
    for (let round = 0; round < ROUNDS && !interrupted.happened(); round++) {
      for (const { writers, loads } of filled) loads.push(await loadBy(writers, WINDOW_MS, server));
    }
  } finally {
    for (const { store } of filled) await store.close();
  }
  const [smallest, ...larger] = filled;
  if (smallest === undefined) return [];
  return larger.map(({ size, loads }) => ({
    what: `an append beside ${size.toLocaleString('en')} facts`,
    unit: 'µs',
    ...compareCosts(
      loads.map((value, round) => ({ value, limit: smallest.loads[round] ?? value })),
      `beside ${smallest.size.toLocaleString('en')}`,
      ({ perSecond }) => 1_000_000 / perSecond,
    ),
    aim: { of: 'ratio', atLeast: 0.8 },
  }));
}

/** Then each writer goes from stream to stream, all over the store, and appends one fact at each head. */
async function fill(url: string, size: number, interrupted: Interrupt): Promise<Filled> {
  const store = await openPostgresEventStore(url);
  const client = new pg.Client({ connectionString: url, options: '-c search_path=facts' });
  await client.connect();
  try {
    for (let from = 0; from < size && !interrupted.happened(); from += FILLED_AT_ONCE) {
      await client.query(FILL, [from, Math.min(from + FILLED_AT_ONCE, size) - 1, FACTS_PER_STREAM]);
    }
    await client.query('vacuum analyze fact');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
  const streams = size / FACTS_PER_STREAM;
  // A step that shares no factor with the number of streams visits each once before it comes back to any.
  const step = stepThrough(streams);
  let visits = 0;
  const write: Write = async () => {
    const visit = visits++;
    const stream = `rental-${(visit * step) % streams}`;
    const head = FACTS_PER_STREAM - 1 + Math.floor(visit / streams);
    await store.append(stream, head, [benchFact(stream, head + 1)]);
  };
  return { size, store, writers: Array.from({ length: WRITERS }, () => write), loads: [] };
}

const FILL = `
  insert into fact (stream, revision, id, type, at, by, correlation_id, causation_id, data, prev_hash, hash)
  select 'rental-' || n / $3::integer, n % $3::integer, lpad(n::text, 36, '0'), 'UsageMetered.v1', '2026-11-23T12:00:00.000Z',
    'bench', lpad(n::text, 36, 'c'), lpad(n::text, 36, 'd'),
    json_build_object('rentalId', n, 'minutes', repeat('f', 200), 'evidenceSha256', repeat('a', 64)),
    repeat('0', 64), lpad(n::text, 64, '0')
  from generate_series($1::integer, $2::integer) as n`;

function stepThrough(streams: number): number {
  const shares = (a: number, b: number): number => (b === 0 ? a : shares(b, a % b));
  let step = Math.floor(streams * GOLDEN) + 1;
  while (shares(step, streams) !== 1) step += 1;
  return step;
}

/** Scatters best. */
const GOLDEN = 0.618;
