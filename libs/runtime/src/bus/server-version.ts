/** What the NATS server at hand can do: old ones ignore newer requests silently, so we look before we ask. */

type Version = readonly [number, number, number];

interface Feature {
  readonly since: Version;
  readonly name: string;
}

/** Without these nothing here works. */
const REQUIRED: Version = [2, 9, 0];

const TERM_WITH_REASON: Feature = { since: [2, 10, 4], name: 'term with a reason' };

const FEATURES: readonly Feature[] = [
  { since: [2, 10, 0], name: 'several filter subjects on one consumer' },
  TERM_WITH_REASON,
  { since: [2, 11, 0], name: 'consumer pause' },
  { since: [2, 11, 0], name: 'per-message TTL' },
];

export interface ServerAbilities {
  readonly version: string;
  /** Older servers take `+TERM <reason>` for no answer at all and deliver again. */
  readonly termWithReason: boolean;
  readonly missing: readonly string[];
}

/** Throws on a server that is too old, or says no version. */
export function abilitiesOf(version: string): ServerAbilities {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) {
    throw new Error(`the NATS server calls its version ${JSON.stringify(version)}`);
  }
  const found: Version = [Number(major), Number(minor), Number(patch)];
  const has = (since: Version): boolean => compare(found, since) >= 0;
  if (!has(REQUIRED)) throw new Error(`the NATS server is ${version}; at least ${REQUIRED.join('.')} is needed`);
  return {
    version,
    termWithReason: has(TERM_WITH_REASON.since),
    missing: FEATURES.filter(({ since }) => !has(since)).map(({ name, since }) => `${name} (${since.join('.')})`),
  };
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
