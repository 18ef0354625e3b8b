/** What a handler may throw, and what the bus then does: the failure policy's vocabulary. Anything else is infrastructure: tried again. */

/** The message can never be understood by this code: terminated and alarmed. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
}

/** The facts contradict themselves. The handler has halted that one stream already; the message is terminated and alarmed, never guessed at. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';

  constructor(
    readonly stream: string,
    readonly invariant: string,
    readonly evidence: Readonly<Record<string, string | number | boolean | null>> = {},
  ) {
    super(`${stream}: ${invariant}`);
  }
}
