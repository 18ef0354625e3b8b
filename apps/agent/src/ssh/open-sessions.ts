/** The authenticated SSH connections, by lease, so that they can be counted and closed. */

import type { Sessions } from '../leases/ports.js';
import { keyBlobs } from './login.js';

export interface OpenSession {
  readonly role: 'buyer' | 'probe';
  readonly keyBlob: string;
  /** At once, without waiting for the client. */
  close(): void;
  /** Puts a line before whoever is at the other end. */
  tell(line: string): void;
}

export class OpenSessions implements Sessions {
  readonly #open = new Map<string, Set<OpenSession>>();

  /** `entered`: a buyer has logged in to that lease. */
  constructor(
    private readonly changed: () => void,
    private readonly entered: (key: string) => void,
  ) {}

  /** Answers how to take it out again. */
  add(key: string, session: OpenSession): () => void {
    const sessions = this.#open.get(key) ?? new Set();
    this.#open.set(key, sessions.add(session));
    if (session.role === 'buyer') this.entered(key);
    this.changed();
    return () => {
      if (!sessions.delete(session)) return;
      if (sessions.size === 0 && this.#open.get(key) === sessions) this.#open.delete(key);
      this.changed();
    };
  }

  /** The buyer's; the platform's probes are not sessions. */
  count(key: string): number {
    return this.#of(key).filter(({ role }) => role === 'buyer').length;
  }

  keepOnly(key: string, authorizedKeys: readonly string[]): void {
    const sessions = this.#of(key);
    if (sessions.length === 0) return;
    const kept = keyBlobs(authorizedKeys);
    for (const session of sessions) if (session.role === 'buyer' && !kept.has(session.keyBlob)) session.close();
  }

  /** Whoever is in it now, in each of their sessions. */
  tell(key: string, line: string): void {
    for (const session of this.#of(key)) if (session.role === 'buyer') session.tell(line);
  }

  closeAll(key: string): void {
    for (const session of this.#of(key)) session.close();
  }

  #of(key: string): OpenSession[] {
    return [...(this.#open.get(key) ?? [])];
  }
}
