/** Appends in groups over one connection: one statement, one transaction and one flush of the log for all that wait. */

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

export function postgresAppender(config: pg.ClientConfig): PostgresAppender {
  // A pool of one: it opens the connection again after it broke.
  const pool = new pg.Pool({ ...config, max: 1, idleTimeoutMillis: 0 });
  pool.on('error', () => undefined);

  async function send(group: readonly Append[]): Promise<ReadonlySet<string>> {
    const { rows } = await pool.query<{ conflicts: string[] }>({
      name: 'append-group',
      text: 'select append_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as conflicts',
      values: columns(group.flatMap(({ envelopes }) => envelopes)),
    });
    return new Set(rows[0]?.conflicts);
  }

  return {
    append: inGroups({
      send,
      isRefusal: (error) => error instanceof pg.DatabaseError && REFUSAL.test(error.code ?? ''),
    }),
    close: () => pool.end(),
  };
}

/** An array for each parameter of the function. */
function columns(envelopes: readonly Envelope[]): (string | number)[][] {
  const column = (of: (envelope: Envelope) => string | number): (string | number)[] => envelopes.map(of);
  return [
    column((e) => e.stream),
    column((e) => e.revision),
    column((e) => e.id),
    column((e) => e.type),
    column((e) => e.at),
    column((e) => e.by),
    column((e) => e.correlationId),
    column((e) => e.causationId),
    column((e) => JSON.stringify(e.data)),
    column((e) => e.prevHash),
    column((e) => e.hash),
  ];
}
