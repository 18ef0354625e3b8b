/** Keeps strangers from wearing out the door: few unproven connections at once, few failures per address and minute. */

import { isIPv6 } from 'node:net';

/** From here on, whoever had time to say something and said least makes room. */
const MANY_UNPROVEN = 100;
/** To be heard at all: a crowd that comes back at once must not push out those whose first words are not read yet. */
const FIRST_WORDS_MS = 250;
/** More than this there never are, however short they have been here. */
const MAX_UNPROVEN = 400;
const MAX_UNPROVEN_OF_ADDRESS = 8;
const MAX_FAILURES = 60;
const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 10_000;

export interface Caller {
  /** How far it came towards showing who it is: whoever does nothing at all makes room first. */
  readonly progress: () => number;
  /** It makes room for another. */
  readonly drop: () => void;
}

export interface Ticket {
  /** It showed who it is. */
  readonly proven: () => void;
  /** It went without; after `proven` this does nothing. */
  readonly failed: () => void;
}

interface Unproven {
  readonly network: string;
  readonly since: number;
  readonly caller: Caller;
}

export class Doorkeeper {
  /** In order of arrival. */
  readonly #unproven = new Set<Unproven>();
  readonly #failures = new Map<string, { count: number; readonly until: number }>();

  /** `monotonic` in wall milliseconds. */
  constructor(private readonly monotonic: () => number) {}

  /**
   * Null refuses the connection: of an address that failed too often. A newcomer is never refused because others are waiting:
   * one of those is dropped for it.
   */
  admit(address: string, caller: Caller): Ticket | null {
    const network = networkOf(address);
    const record = this.#failures.get(network);
    if (record && record.until <= this.monotonic()) this.#failures.delete(network);
    else if (record && record.count >= MAX_FAILURES) return null;
    this.#makeRoom(network);
    const guest: Unproven = { network, since: this.monotonic(), caller };
    this.#unproven.add(guest);
    let settled = false;
    const settle = (failed: boolean) => () => {
      if (settled) return;
      settled = true;
      this.#unproven.delete(guest);
      if (failed && network !== LOOPBACK) this.#count(network);
    };
    return { proven: settle(false), failed: settle(true) };
  }

  #makeRoom(network: string): void {
    const victim = this.#victimFor(network);
    if (victim === undefined) return;
    this.#unproven.delete(victim);
    victim.caller.drop();
  }

  #victimFor(network: string): Unproven | undefined {
    const own = [...this.#unproven].filter((guest) => guest.network === network);
    if (network !== LOOPBACK && own.length >= MAX_UNPROVEN_OF_ADDRESS) return leastAdvanced(own);
    if (this.#unproven.size < MANY_UNPROVEN) return undefined;
    const busiest = this.#ofBusiest();
    if (this.#unproven.size >= MAX_UNPROVEN) return leastAdvanced(busiest);
    const heardBy = this.monotonic() - FIRST_WORDS_MS;
    return leastAdvanced(busiest.filter(({ since }) => since <= heardBy));
  }

  /** Those of the address that has most of them; of several such addresses, all of theirs. */
  #ofBusiest(): Unproven[] {
    const counts = new Map<string, number>();
    for (const { network } of this.#unproven) counts.set(network, (counts.get(network) ?? 0) + 1);
    const most = Math.max(...counts.values());
    return [...this.#unproven].filter(({ network }) => counts.get(network) === most);
  }

  #count(network: string): void {
    const record = this.#failures.get(network);
    if (record) record.count += 1;
    else {
      if (this.#failures.size >= MAX_ADDRESSES) this.#failures.clear();
      this.#failures.set(network, { count: 1, until: this.monotonic() + WINDOW_MS });
    }
  }
}

/**
 * A tunnel, the platform's own probes and, on one machine, every buyer share loopback: none of them may shut the others out, so
 * it has no limit of its own and no failures. The limit on all holds for it too, and makes room among its own first.
 */
const LOOPBACK = 'loopback';

/** Who is counted as one: an IPv4 address, or the /64 that an IPv6 host chooses its addresses from. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (plain.startsWith('127.') || plain === '::1') return LOOPBACK;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length;
  return [...groups, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':');
}

/** The oldest of those that came least far. */
function leastAdvanced(guests: readonly Unproven[]): Unproven | undefined {
  const progress = guests.map(({ caller }) => caller.progress());
  return guests[progress.indexOf(Math.min(...progress))];
}
