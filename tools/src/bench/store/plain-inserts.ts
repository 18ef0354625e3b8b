/** The limit: writers on connections of their own insert the same bytes and commit, and nothing keeps any order. */

import pg from 'pg';
import { benchFacts } from './bench-facts.js';
import type { Write } from './load.js';

export interface PlainInserts {
  readonly writers: readonly Write[];
  close(): Promise<void>;
}

/** The store's columns and its one key, without positions, order, notices, or a look at the head. */
const TABLE = `create table plain (
  stream text collate "C" not null, revision integer not null, id text not null, type text not null, at text not null,
  by text not null, correlation_id text not null, causation_id text not null, data json not null,
  prev_hash text not null, hash text not null, primary key (stream, revision))`;

const INSERT = {
  name: 'insert',
  text: 'insert into plain values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
};

export async function openPlainInserts(url: string, count: number): Promise<PlainInserts> {
  const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: url }));
  for (const client of clients) await client.connect();
  await clients[0]?.query(TABLE);
  return {
    writers: clients.map((client, index) => {
      const facts = benchFacts(String(index));
      return async () => {
        const { value: f } = facts.next();
        const keys = [f.stream, f.revision, f.id, f.type, f.at, f.by, f.correlationId, f.causationId];
        await client.query({ ...INSERT, values: [...keys, JSON.stringify(f.data), f.prevHash, f.hash] });
      };
    }),
    close: async () => {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}
