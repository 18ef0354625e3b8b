/** Reads `esdb://user:password@host:2113?tls=false`: what is not understood is refused, and never repeated, since it may hold a password. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';

interface Host {
  readonly address: string;
  readonly port: number;
}

export interface EventStoreDbAddress {
  /** More than one: members of a cluster, asked for their leader. With `discover` the one is a name behind which they stand. */
  readonly hosts: readonly [Host, ...Host[]];
  readonly discover: boolean;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly settings: z.output<typeof settings>;
}

export class BadEventStoreDbUrl extends Error {
  constructor(what: string) {
    super(`an EventStoreDB address that cannot be used: ${what}; expected esdb://user:password@host:2113?tls=false`);
    this.name = 'BadEventStoreDbUrl';
  }
}

const DEFAULT_PORT = 2113;
const SHAPE =
  /^esdb(?<discover>\+discover)?:\/\/(?:(?<username>[^:@/?]+):(?<password>[^@/?]+)@)?(?<hosts>[^@/?]+)\/?(?:\?(?<query>.*))?$/;
const HOST = /^(?<address>[\w.-]+)(?::(?<port>\d{1,5}))?$/;

const whole = z.coerce.number().int();
/** Times in milliseconds, but `gossipTimeout`, which is in seconds. Only a leader reads its own writes, so no other may be preferred. */
const settings = z.strictObject({
  tls: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(true),
  tlsCaFile: z.string().min(1).exactOptional(),
  defaultDeadline: whole.positive().exactOptional(),
  keepAliveInterval: whole.min(10_000).exactOptional(),
  keepAliveTimeout: whole.positive().exactOptional(),
  discoveryInterval: whole.positive().exactOptional(),
  gossipTimeout: whole.positive().exactOptional(),
  maxDiscoverAttempts: whole.positive().exactOptional(),
});
const names = new Map(Object.keys(settings.shape).map((name) => [name.toLowerCase(), name]));

/** Throws BadEventStoreDbUrl. */
export function parseEventStoreDbUrl(url: string): EventStoreDbAddress {
  const { discover, username, password, hosts = '', query = '' } = SHAPE.exec(url.trim())?.groups ?? {};
  const [first = '', ...others] = hosts.split(',');
  const given = [...new URLSearchParams(query)].map(([name, value]) => [names.get(name.toLowerCase()) ?? name, value]);
  const parsed = settings.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    throw new BadEventStoreDbUrl(
      `of its options only ${[...names.values()].join(', ')} are known, or one has a bad value`,
    );
  }
  return {
    hosts: [parseHost(first), ...others.map(parseHost)],
    discover: discover !== undefined,
    credentials:
      username === undefined || password === undefined
        ? undefined
        : { username: decoded(username), password: decoded(password) },
    settings: parsed.data,
  };
}

function parseHost(text: string): Host {
  const { address, port = DEFAULT_PORT } = HOST.exec(text)?.groups ?? {};
  if (address === undefined || Number(port) > 65_535) throw new BadEventStoreDbUrl('its hosts');
  return { address, port: Number(port) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BadEventStoreDbUrl('its user or password is not percent-encoded');
  }
}

/** The authority that signed the server's certificate. Throws BadEventStoreDbUrl where the file cannot be read. */
export function certificateOf({ settings: { tlsCaFile } }: EventStoreDbAddress): Buffer | undefined {
  if (tlsCaFile === undefined) return undefined;
  try {
    return readFileSync(tlsCaFile);
  } catch {
    throw new BadEventStoreDbUrl('its tlsCaFile cannot be read');
  }
}
