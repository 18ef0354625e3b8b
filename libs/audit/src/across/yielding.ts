/** preemption@1 between streams: who is asked to yield yields to a paid request that waits, and to nobody else. */

import type { NoteAt } from '../here.js';
import { SECOND_MS } from '../units.js';
import type { RentalData } from '../wire.js';
import type { Leases } from './leases.js';
import type { Spots } from './spots.js';

/** What a notice must say of the request; no more is kept of each. */
type Asked = ReturnType<typeof asAsked>;

interface Waiting {
  readonly asked: Asked;
  paidAt: number | null;
  readonly placedAt: number[];
  /** Machines that it had failed on, and since when. */
  readonly failed: { readonly nodeId: string; readonly at: number }[];
  overAt: number | null;
}

interface Notice {
  readonly stream: string;
  readonly revision: number;
  readonly at: number;
  readonly noticed: RentalData<'PreemptionNoticed'>;
}

/** Two services read two streams: what happens within these seconds of each other may be seen in either order. */
const AT_ONCE_MS = 10 * SECOND_MS;

export class Yielding {
  private readonly requests = new Map<string, Waiting>();
  private readonly notices: Notice[] = [];

  constructor(
    private readonly leases: Leases,
    private readonly spots: Spots,
  ) {}

  seeRequest(stream: string, requested: RentalData<'RentalRequested'>): void {
    if (this.requests.has(stream)) return;
    this.requests.set(stream, {
      asked: asAsked(requested),
      paidAt: null,
      placedAt: [],
      failed: [],
      overAt: null,
    });
  }

  seePaid(stream: string, at: number): void {
    const request = this.requests.get(stream);
    if (request !== undefined) request.paidAt = at;
  }

  seePlaced(stream: string, at: number): void {
    this.requests.get(stream)?.placedAt.push(at);
  }

  seeFailed(stream: string, nodeId: string, at: number): void {
    const failed = this.requests.get(stream)?.failed;
    if (failed?.some((one) => one.nodeId === nodeId) === false) failed.push({ nodeId, at });
  }

  seeOver(stream: string, at: number): void {
    const request = this.requests.get(stream);
    if (request !== undefined) request.overAt ??= at;
  }

  seeNotice(notice: Notice): void {
    this.notices.push(notice);
    this.spots.ask(notice.stream);
  }

  check(noteAt: NoteAt, partial: boolean): void {
    for (const notice of this.notices) {
      const { stream, revision, at, noticed } = notice;
      const note = noteAt(stream, revision);
      const request = this.requests.get(`rental-${noticed.beneficiaryId}`);
      if (request === undefined) {
        if (!partial) note('preemption@1', `nobody asked for rental ${noticed.beneficiaryId}`);
        continue;
      }
      note.compare('preemption@1', 'the request as it was made', request.asked, asNoticed(noticed));
      for (const nodeId of noticed.receipt.request.excludedNodeIds) {
        const failedAt = request.failed.find((one) => one.nodeId === nodeId)?.at;
        if (failedAt === undefined || failedAt > at + AT_ONCE_MS) {
          note('preemption@1', `${nodeId} is left out as one that failed the request, and had not`);
        }
      }
      if (request.paidAt === null || request.paidAt > at + AT_ONCE_MS) {
        note('preemption@1', 'it yields to a request that is not paid');
      } else if (request.overAt !== null && request.overAt < at - AT_ONCE_MS) {
        note('preemption@1', 'it yields to a request that is over');
      }
      if (!partial) for (const node of noticed.receipt.best) this.spots.check(node, request.paidAt ?? at, at, note);
      this.checkHeld(notice, request, noteAt);
    }
  }

  /** Whoever has the GPU next is who it was freed for, unless that one has found another, or has gone. */
  private checkHeld({ stream, at, noticed }: Notice, { placedAt, overAt }: Waiting, noteAt: NoteAt): void {
    for (const uuid of noticed.gpuUuids) {
      const next = this.leases.nextOf(uuid, stream);
      if (next === undefined || next.stream === `rental-${noticed.beneficiaryId}`) continue;
      const found = placedAt.some((placed) => placed >= at && placed <= next.from + AT_ONCE_MS);
      const gone = overAt !== null && overAt <= next.from + AT_ONCE_MS;
      if (found || gone) continue;
      noteAt(next.stream, next.revision)('preemption@1', `GPU ${uuid} was held for ${noticed.beneficiaryId}`);
    }
  }
}

const asAsked = ({ rentalId, terms, quote }: RentalData<'RentalRequested'>) => ({
  rentalId,
  tier: terms.tier,
  gpuTier: terms.gpuTier,
  gpuCount: terms.gpuCount,
  region: terms.region,
  minReputationBps: terms.minReputationBps,
  capMicroUsdcPerHour: quote.capMicroUsdcPerHour,
});

function asNoticed({ receipt: { request } }: Notice['noticed']) {
  const { rentalId, tier, gpuTier, gpuCount, region, minReputationBps, capMicroUsdcPerHour } = request;
  return { rentalId, tier, gpuTier, gpuCount, region, minReputationBps, capMicroUsdcPerHour };
}
