/** Keeps strangers from wearing out the door: few unproven connections at once, few failures per address and minute. */

const MAX_UNPROVEN = 100;
const MAX_FAILURES = 60;
const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 10_000;

export class Doorkeeper {
  #unproven = 0;
  readonly #failures = new Map<string, { count: number; readonly until: number }>();

  /** `monotonic` in wall milliseconds. */
  constructor(private readonly monotonic: () => number) {}

  /** Null refuses the connection; otherwise exactly one of the two must be called, and calling again does nothing. */
  admit(address: string): { readonly proven: () => void; readonly failed: () => void } | null {
    const record = this.#failures.get(address);
    if (record && record.until <= this.monotonic()) this.#failures.delete(address);
    else if (record && record.count >= MAX_FAILURES) return null;
    if (this.#unproven >= MAX_UNPROVEN) return null;
    this.#unproven += 1;
    // A tunnel and the platform's own probes may come through loopback, and a local stranger has easier ways to disturb.
    const counts = !address.startsWith('127.');
    let settled = false;
    const settle = (failed: boolean) => () => {
      if (settled) return;
      settled = true;
      this.#unproven -= 1;
      if (failed && counts) this.#count(address);
    };
    return { proven: settle(false), failed: settle(true) };
  }

  #count(address: string): void {
    const record = this.#failures.get(address);
    if (record) record.count += 1;
    else {
      if (this.#failures.size >= MAX_ADDRESSES) this.#failures.clear();
      this.#failures.set(address, { count: 1, until: this.monotonic() + WINDOW_MS });
    }
  }
}
