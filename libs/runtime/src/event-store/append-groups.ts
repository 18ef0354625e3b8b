/** Lets appends that wait go together: while groups are under way the next one gathers. A lone one never waits for company. */

import type { Envelope } from './envelope.js';
import type { ExpectedRevision } from './port.js';

export interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly envelopes: readonly Envelope[];
  /** What it takes on the wire, about. */
  readonly bytes: number;
}

export interface GroupDelivery {
  /** Stores each append or leaves it out whole; gives the streams of those stored. No stream is twice in a group. */
  readonly send: (group: readonly Append[]) => Promise<ReadonlySet<string>>;
  /** Whether an error is the fault of one append, and nothing of the group is stored. */
  readonly isRefusal: (error: unknown) => boolean;
  /** Groups under way at once. */
  readonly lanes: number;
}

interface Waiting {
  readonly append: Append;
  readonly resolve: (stored: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds what one statement carries and how long it holds the lock. */
const MAX_APPENDS = 256;
const MAX_BYTES = 1_000_000;

/** Resolves to whether it is stored. An error that is no refusal is every member's: any of them may be stored or not. */
export function inGroups({ send, isRefusal, lanes }: GroupDelivery): (append: Append) => Promise<boolean> {
  let waiting: Waiting[] = [];
  let busyLanes = 0;
  let underWay = 0;

  async function deliver(group: readonly Waiting[]): Promise<void> {
    try {
      const stored = await send(group.map(({ append }) => append));
      for (const { append, resolve } of group) resolve(stored.has(append.stream));
    } catch (error) {
      if (group.length > 1 && isRefusal(error)) for (const one of group) await deliver([one]);
      else for (const { reject } of group) reject(error);
    }
  }

  async function deliverAll(): Promise<void> {
    busyLanes += 1;
    while (waiting.length > 0) {
      // An equal share for each lane: otherwise a large group and a small one would take turns.
      const share = Math.ceil((waiting.length + underWay) / lanes);
      const [group, rest] = nextGroup(waiting, Math.min(share, MAX_APPENDS));
      waiting = rest;
      underWay += group.length;
      await deliver(group);
      underWay -= group.length;
      // Whoever was answered and appends again at once still gets into the next group.
      if (waiting.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    busyLanes -= 1;
  }

  return (append) =>
    new Promise((resolve, reject) => {
      waiting.push({ append, resolve, reject });
      if (busyLanes < lanes) void deliverAll();
    });
}

/** First come, first served, except that the second append to a stream stays for the next group. */
function nextGroup(waiting: readonly Waiting[], atMost: number): [group: Waiting[], rest: Waiting[]] {
  const group: Waiting[] = [];
  const rest: Waiting[] = [];
  const streams = new Set<string>();
  let bytes = 0;
  for (const one of waiting) {
    const fits = group.length === 0 || (group.length < atMost && bytes + one.append.bytes <= MAX_BYTES);
    if (!fits || streams.has(one.append.stream)) rest.push(one);
    else {
      group.push(one);
      bytes += one.append.bytes;
    }
    streams.add(one.append.stream);
  }
  return [group, rest];
}
