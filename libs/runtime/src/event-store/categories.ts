/** Which streams hold facts: a store that is shared keeps streams of its own and of others too. */

/** The word before the first `-` of a stream's name. A stream of any other would be stored and never followed. */
export const CATEGORIES = ['rental', 'node', 'operator', 'payment', 'anchor'] as const;

export const PREFIXES: readonly string[] = CATEGORIES.map((category) => `${category}-`);

export const holdsFacts = (stream: string): boolean => PREFIXES.some((prefix) => stream.startsWith(prefix));
