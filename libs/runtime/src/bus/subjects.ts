/** Arithmetic on NATS subjects: which stream keeps a pattern, what its consumer is called, which messages must stay in order. */

/** One token each; a stream keeps everything below its first token. */
const firstToken = (subject: string): string => subject.split('.', 1)[0] ?? '';

export function streamOf<S extends { readonly subjects: readonly string[] }>(
  pattern: string,
  streams: readonly S[],
): S | null {
  const root = firstToken(pattern);
  return streams.find(({ subjects }) => subjects.some((kept) => firstToken(kept) === root)) ?? null;
}

/** `allocation`, `fact.rental.>` -> `allocation-fact-rental-all`. Distinct patterns of letters, digits, `*` and `>` give distinct names. */
export function durableName(service: string, pattern: string): string {
  const tokens = pattern.split('.').map((token) => (token === '>' ? 'all' : token === '*' ? 'any' : token));
  const name = [service, ...tokens].join('-');
  if (!/^[\w-]+$/.test(name)) throw new RangeError(`cannot name a consumer after ${JSON.stringify(pattern)}`);
  return name;
}

/** Messages with the same lane are handled one after the other: `fact.rental.<id>`, `telemetry.node.<id>`. */
export const laneOf = (subject: string): string => subject.split('.', 3).join('.');
