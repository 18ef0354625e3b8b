/** Appends in groups, each on a connection: one statement, one transaction and one flush of the log for all that wait. */

import pg from 'pg';
import { type Append, inGroups } from './append-groups.js';

export interface PostgresAppender {
  /** Resolves to false where the stream's head is not where it is expected. */
  append(append: Append): Promise<boolean>;
  close(): Promise<void>;
}

/** Data that the server cannot take, or that breaks a constraint: the statement is rolled back, the connection lives on. */
const REFUSAL = /^2[23]/;

/** One group is made ready and read back while the other is stored. More lanes would only make groups smaller. */
const LANES = 2;

export function postgresAppender(config: pg.ClientConfig): PostgresAppender {
  // It opens a connection again after it broke.
  const pool = new pg.Pool({ ...config, max: LANES, idleTimeoutMillis: 0 });
  pool.on('error', () => undefined);

  async function send(group: readonly Append[]): Promise<ReadonlySet<string>> {
    const { rows } = await pool.query<{ stored: string[] | null }>({
      name: 'append-group',
      text: 'select append_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as stored',
      values: columns(group),
    });
    return new Set(rows[0]?.stored);
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

/** An array for each parameter of the function, with a place for each fact. */
function columns(group: readonly Append[]): (string | number)[][] {
  const facts = group.flatMap(({ expected, envelopes }) => envelopes.map((envelope) => ({ ...envelope, expected })));
  const column = (of: (fact: (typeof facts)[number]) => string | number): (string | number)[] => facts.map(of);
  return [
    column((f) => f.expected),
    column((f) => f.stream),
    column((f) => f.revision),
    column((f) => f.id),
    column((f) => f.type),
    column((f) => f.at),
    column((f) => f.by),
    column((f) => f.correlationId),
    column((f) => f.causationId),
    column((f) => JSON.stringify(f.data)),
    column((f) => f.prevHash),
    column((f) => f.hash),
  ];
}
