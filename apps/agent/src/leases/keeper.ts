/** Keeps the node's leases as the platform wants them: persists, then starts and ends sandboxes, and reports what is. */

import type { DesiredNode, LeaseReport } from '@tokenos/contracts/agent/protocol';
import type { Millis } from '@tokenos/domain/time';
import { absorb } from './absorb.js';
import { Errands } from './errands.js';
import { keyOf, type Lease, type Phase } from './lease.js';
import { type Action, plan } from './plan.js';
import type { Door, KeeperParts, Machine } from './ports.js';

/** Before a failed end or a died sandbox is tried again. */
const RETRY_MS = 1_000;
/** Short, because a scaled clock runs up to a thousand times faster than the wall. */
const LOOK_EVERY_MS = 50;

export class LeaseKeeper {
  #leases: readonly Lease[];
  /** Rentals in the newest document of this boot; null before the first. */
  #named: ReadonlySet<string> | null = null;
  readonly #running = new Map<string, Machine>();
  readonly #busy = new Set<string>();
  readonly #work = new Set<Promise<void>>();
  readonly #errands: Errands;
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(private readonly parts: KeeperParts) {
    this.#leases = parts.journal.load(parts.moment());
    this.#errands = new Errands({
      ...parts.errands,
      log: parts.log,
      now: () => parts.moment().now,
      done: (key, change) => this.#insist(() => this.#change(key, change)),
    });
  }

  /** Starts what the journal wants, and looks at deadlines from now on. */
  start(): void {
    this.#timer = setInterval(() => this.#reconcile(), LOOK_EVERY_MS);
    this.#reconcile();
  }

  receive(document: DesiredNode): void {
    this.#insist(() => {
      this.#store(absorb(this.#leases, document, this.parts.moment()));
      this.#named = new Set(document.leases.map(({ rentalId }) => rentalId));
      for (const lease of this.#leases) this.parts.sessions.keepOnly(keyOf(lease), lease.entry.authorizedKeys);
      this.#reconcile();
    });
  }

  /** Its buyer has logged in: after a failover, what is billed begins with the first time. */
  buyerIn(key: string): void {
    const lease = this.#leases.find((one) => keyOf(one) === key);
    if (lease?.buyerSince !== null) return;
    this.#insist(() => this.#change(key, { buyerSince: this.parts.moment().now }));
  }

  /** The lease that a user name opens, and the way into it; null unless it is ready. */
  find(username: string): Door | null {
    const lease = this.#leases.find((one) => one.entry.username === username && one.phase === 'ready' && !one.ending);
    const machine = lease && this.#running.get(keyOf(lease));
    return lease && machine && !this.#stopping ? { lease, link: machine.link } : null;
  }

  /** An ended lease is reported until the platform no longer names it. */
  reports(): readonly LeaseReport[] {
    return this.#leases
      .filter(({ phase, entry }) => phase !== 'ended' || this.#named === null || this.#named.has(entry.rentalId))
      .map((lease) => ({
        rentalId: lease.entry.rentalId,
        attempt: lease.entry.attempt,
        revision: lease.entry.revision,
        state: lease.phase,
        gpuUuids: lease.entry.gpuUuids,
        sessions: this.parts.sessions.count(keyOf(lease)),
        since: new Date(lease.since).toISOString(),
        detail: lease.detail,
        ...(lease.buyerSince === null ? {} : { buyerSince: new Date(lease.buyerSince).toISOString() }),
        ...(lease.noticedAt === null ? {} : { noticedAt: new Date(lease.noticedAt).toISOString() }),
        ...(lease.checkpoint === null ? {} : { checkpoint: lease.checkpoint }),
      }));
  }

  /** Ends every process of every lease, but no lease: the next start of the agent carries on. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearInterval(this.#timer);
    await Promise.allSettled([...this.#work]);
    await Promise.allSettled([...this.#running.values()].map((machine) => machine.kill()));
  }

  #reconcile(): void {
    if (this.#stopping) return;
    for (const action of plan(this.#leases, this.#busy, this.parts.monotonic())) {
      this.#busy.add(action.key);
      const work = this.#perform(action).finally(() => this.#work.delete(work));
      this.#work.add(work);
    }
    for (const lease of this.#leases) {
      const machine = this.#running.get(keyOf(lease));
      if (machine !== undefined && lease.phase === 'ready' && lease.ending === null) this.#errands.look(lease, machine);
    }
  }

  async #perform(action: Action): Promise<void> {
    try {
      await (action.do === 'start' ? this.#startLease(action.key) : this.#endLease(action.key, action.why));
      this.#busy.delete(action.key);
      this.#reconcile();
    } catch (error) {
      this.parts.log.error({ lease: action.key, error }, `could not ${action.do} the lease, will try again`);
      this.#release(action.key, RETRY_MS);
    }
  }

  async #startLease(key: string): Promise<void> {
    try {
      const machine = await this.parts.machines.start(this.#get(key));
      this.#running.set(key, machine);
      void machine.gone.then((words) => this.#died(key, machine, words));
      this.#change(key, { phase: 'ready', detail: null, served: true });
    } catch (error) {
      // Once a buyer has worked in it, it is tried again rather than thrown away.
      if (this.#get(key).served) throw error;
      const detail = error instanceof Error ? error.message.slice(0, 500) : 'could not start';
      this.parts.log.error({ lease: key, detail }, 'lease failed to start');
      await this.parts.machines.discard(this.#get(key));
      this.#change(key, { phase: 'failed', detail });
    }
  }

  /** Persists the decision first, so that a crash half-way ends it too. */
  async #endLease(key: string, why: string): Promise<void> {
    this.#change(key, { ending: why });
    this.parts.sessions.closeAll(key);
    await this.#running.get(key)?.kill();
    this.#running.delete(key);
    await this.parts.machines.discard(this.#get(key));
    this.#change(key, { phase: 'ended', detail: why });
    this.parts.log.info({ lease: key, why }, 'lease ended');
  }

  /** A sandbox that dies without our doing is made again in the same workspace: the buyer has paid for it. */
  #died(key: string, machine: Machine, words: string): void {
    if (this.#running.get(key) !== machine) return;
    this.#running.delete(key);
    if (this.#stopping || this.#get(key).ending !== null) return;
    this.parts.log.warn({ lease: key, words }, 'sandbox died, starting it again');
    this.parts.sessions.closeAll(key);
    if (!this.#busy.has(key)) {
      this.#busy.add(key);
      this.#release(key, RETRY_MS);
    }
    this.#insist(() => this.#change(key, { phase: 'starting', detail: 'the sandbox died and is started again' }));
  }

  /** A full disk must not end the agent, and every lease with it: what cannot be written down now is tried again. */
  #insist(what: () => void): void {
    if (this.#stopping) return;
    try {
      what();
    } catch (error) {
      this.parts.log.error({ error }, 'could not write the journal, will try again');
      setTimeout(() => this.#insist(what), RETRY_MS).unref();
    }
  }

  #release(key: string, afterMs: number): void {
    setTimeout(() => {
      this.#busy.delete(key);
      this.#reconcile();
    }, afterMs).unref();
  }

  #get(key: string): Lease {
    const lease = this.#leases.find((one) => keyOf(one) === key);
    if (lease === undefined) throw new Error(`no lease ${key}`);
    return lease;
  }

  #change(key: string, change: Partial<Omit<Lease, 'entry' | 'since' | 'slot' | 'deadline'>>): void {
    const now: Millis = this.parts.moment().now;
    const entered = (lease: Lease, phase: Phase | undefined): Millis =>
      phase === undefined || phase === lease.phase ? lease.since : now;
    this.#store(
      this.#leases.map((lease) =>
        keyOf(lease) === key ? { ...lease, ...change, since: entered(lease, change.phase) } : lease,
      ),
    );
  }

  #store(leases: readonly Lease[]): void {
    this.parts.journal.save(leases);
    this.#leases = leases;
    this.parts.changed();
  }
}
