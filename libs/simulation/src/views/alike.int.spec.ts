/**
 * Every service's view comes to the same bytes, whichever way its facts came: shuffled, twice, late and some never, over the bus; in
 * one go from the store, by a process that was killed in the middle of it; and rebuilt. VIEWS_FACTS=100000 for the proof in full.
 */

import { note } from '@tokenos/reputation/duties/note';
import { postgresRecords } from '@tokenos/reputation/repositories/postgres';
import type { ReputationTables } from '@tokenos/reputation/view/tables';
import { openDatabase } from '@tokenos/runtime/database/database';
import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import { manyFacts } from '@tokenos/testing/histories/many';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { anchored } from '@tokenos/testing/wire/anchored';
import { sealed } from '@tokenos/testing/wire/entries';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { seeded } from '../kernel/seeded.js';
import { VIEWS } from './all-views.js';
import { deliveries } from './deliveries.js';
import { type Keeper, openKeeper } from './keeper.js';

const FACTS = Number(process.env['VIEWS_FACTS'] ?? 400);
const PATIENCE_MS = 60_000 + FACTS * 60;
const AT_ONCE = 4;
const DIES = join(__dirname, '../../dist/views/die-folding.js');

const postgres = withPostgres();
const something = { stream: 'node-1', type: 'NodeDrained.v1', at: '2026-11-26T12:00:00.000Z', by: 'gateway', data: {} };
const anchor = sealed(anchored([something], '2026-11-26')).filter(({ stream }) => stream.startsWith('anchor-'));
const facts = [...manyFacts(FACTS, 168), ...anchor];
let url: string;
let store: EventStore;
let keepers: Keeper[] = [];

const keep = async (schema: string, name: string): Promise<Keeper> => {
  const keeper = await openKeeper(url, schema, store, VIEWS[name]!);
  keepers.push(keeper);
  return keeper;
};

beforeAll(async () => {
  url = await postgres.freshDatabase();
  store = await openPostgresEventStore(url, { applicationName: 'spec' });
  await Promise.all([...runsOf(facts)].map(([stream, run]) => store.append(stream, -1, run)));
}, PATIENCE_MS);
afterEach(async () => {
  await Promise.all(keepers.map((keeper) => keeper.close()));
  keepers = [];
});
afterAll(() => store.close());

/** What its duties do to reputation's rows, in the end. */
async function doDuties(name: string, schema: string): Promise<void> {
  if (name !== 'reputation') return;
  const db = openDatabase<ReputationTables>(url, schema);
  const records = postgresRecords(db);
  for (const rentalId of await records.touched()) await note({ records, read: store.read }, rentalId);
  await db.destroy();
}

function runsOf(envelopes: readonly Envelope[]): ReadonlyMap<string, readonly Envelope[]> {
  const runs = new Map<string, Envelope[]>();
  for (const envelope of envelopes) runs.set(envelope.stream, [...(runs.get(envelope.stream) ?? []), envelope]);
  return runs;
}

async function hear({ follower }: Keeper, heard: readonly Envelope[]): Promise<void> {
  const waiting = [...heard].reverse();
  const listen = async (): Promise<void> => {
    for (let fact = waiting.pop(); fact !== undefined; fact = waiting.pop()) await follower.take(fact, 'bus');
  };
  await Promise.all(Array.from({ length: AT_ONCE }, listen));
}

describe('the views of all services', () => {
  beforeAll(async () => {
    if (!existsSync(DIES)) throw new Error(`${DIES} is missing: npm run build`);
    const child = spawn(process.execPath, [DIES, url, String(Math.floor(FACTS / 2))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    expect(JSON.parse(line)).toEqual({ halted: true });
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }, PATIENCE_MS);

  it.each(Object.keys(VIEWS))(
    'are the same to the last byte, however their facts came: %s',
    async (name) => {
      const live = await keep(`${name}_live`, name);
      await hear(live, deliveries(facts, seeded(name.length)));
      await live.follower.catchUp();
      await doDuties(name, `${name}_live`);
      const wanted = await live.dump();
      const empty = wanted.filter(({ rows }) => rows === 0).map(({ table }) => table);
      expect(empty).toEqual(name === 'reputation' ? ['touched'] : []);

      const killed = await keep(name, name);
      await killed.follower.catchUp();
      await doDuties(name, name);
      expect(await killed.dump()).toEqual(wanted);

      const from = performance.now();
      const folded = await killed.rebuild();
      const perSecond = Math.round(folded / ((performance.now() - from) / 1000));
      if (FACTS > 5_000) process.stdout.write(`${name}: rebuilt from ${folded} facts, ${perSecond}/s\n`);
      expect(await killed.dump()).toEqual(wanted);
    },
    PATIENCE_MS,
  );
});
