/** Appends in groups, each on a connection: one statement, one transaction and one flush of the log for all that wait. */

import pg from 'pg';
import { type Append, inGroups } from './append-groups.js';
import type { Envelope } from './envelope.js';

export interface PostgresAppender {
  /** Resolves to false where the stream's head is not where it is expected. */
  append(append: Append): Promise<boolean>;
  close(): Promise<void>;
}

/** Data that the server cannot take, or that breaks a constraint: the statement is rolled back, the connection lives on. */
const REFUSAL = /^2[23]/;
const UNIQUE_VIOLATION = '23505';

/** One group is made ready and read back while the other is stored. More lanes would only make groups smaller. */
const LANES = 2;

const APPEND_GROUP = {
  name: 'append-group',
  text: 'select append_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as stored',
};

/** The table's trigger takes the lock and gives notice. */
const APPEND_ONE = {
  name: 'append-one',
  text: `insert into fact (stream, revision, id, type, at, by, correlation_id, causation_id, data, prev_hash, hash)
    select $2, $3::integer, $4, $5, $6, $7, $8, $9, $10::json, $11, $12
    where $1::integer = coalesce((select revision from fact where stream = $2 order by revision desc limit 1), -1)`,
};

export function postgresAppender(config: pg.ClientConfig): PostgresAppender {
  // It opens a connection again after it broke.
  const pool = new pg.Pool({ ...config, max: LANES, idleTimeoutMillis: 0 });
  pool.on('error', () => undefined);

  async function sendGroup(facts: readonly Row[]): Promise<ReadonlySet<string>> {
    const columns = (facts[0] ?? []).map((_, column) => facts.map((fact) => fact[column]));
    const { rows } = await pool.query<{ stored: string[] | null }>({ ...APPEND_GROUP, values: columns });
    return new Set(rows[0]?.stored);
  }

  /**
   * What this statement sees is older than the lock it waits for. That suffices for a yes: the head it saw is there for good,
   * and the key lets one fact only follow it. A no is for the group to say.
   */
  async function sendOne(fact: Row): Promise<boolean> {
    try {
      return (await pool.query({ ...APPEND_ONE, values: [...fact] })).rowCount === 1;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  async function send(group: readonly Append[]): Promise<ReadonlySet<string>> {
    const facts = group.flatMap(({ expected, envelopes }) => envelopes.map((envelope) => toRow(expected, envelope)));
    const [fact, ...more] = facts;
    if (fact !== undefined && more.length === 0 && (await sendOne(fact))) return new Set([fact[1]]);
    return sendGroup(facts);
  }

  return {
    append: inGroups({
      send,
      lanes: LANES,
      isRefusal: (error) => error instanceof pg.DatabaseError && REFUSAL.test(error.code ?? ''),
    }),
    close: () => pool.end(),
  };
}

/** The head that its append expects, the stream, and the other columns of the table in their order. */
type Row = readonly [expected: number, stream: string, ...columns: (string | number)[]];

const toRow = (expected: number, fact: Envelope): Row => [
  expected,
  fact.stream,
  fact.revision,
  fact.id,
  fact.type,
  fact.at,
  fact.by,
  fact.correlationId,
  fact.causationId,
  JSON.stringify(fact.data),
  fact.prevHash,
  fact.hash,
];
