/** The event store in Postgres: appends per second against plain inserts, and what an append costs as the store grows. */

import { startPostgres } from '@tokenos/runtime/local/postgres';
import { join } from 'node:path';
import pg from 'pg';
import type { Part } from '../part.js';
import { appendRates } from './append-rates.js';
import { growth } from './growth.js';

const SMALLEST = 10_000;

export const storePart: Part = async ({ dataDir, options, interrupted }) => {
  const server = await startPostgres({ dataDir: join(dataDir, 'postgres') });
  try {
    const settings = await durability(server.url);
    const rates = await appendRates(server, interrupted);
    const sizes = sizesUpTo(options.facts);
    const databases = await Promise.all(
      sizes.map(async (facts) => ({ facts, url: await newDatabase(server.url, `facts_${facts}`) })),
    );
    return { settings, figures: [...rates, ...(await growth(databases, server.pid, interrupted))] };
  } finally {
    await server.stop();
  }
};

/** 10,000, then ten times as many each, up to this. */
function sizesUpTo(facts: number): readonly number[] {
  const sizes = [SMALLEST];
  for (let size = SMALLEST * 10; size <= facts; size *= 10) sizes.push(size);
  return sizes;
}

/** As the server says, not as we believe. */
async function durability(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') order by name`,
    );
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  } finally {
    await client.end();
  }
}

async function newDatabase(server: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}
