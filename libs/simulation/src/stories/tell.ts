/** Tells a story from a seed, to its end, and looks at what came of it: the facts, the chain's books, and a second opinion on both. */

import { audit, type AuditReport } from '@tokenos/audit/audit';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { MINUTE } from '@tokenos/domain/time';
import type { KeptProof } from '@tokenos/metering/repositories/port';
import type { Mischief } from '../kernel/mischief.js';
import { Platform, type PlatformOptions } from '../platform/platform.js';
import { Stage, type Event } from './stage.js';
import type { Story } from './story.js';

export interface Told {
  readonly story: Story;
  readonly seed: number;
  readonly envelopes: readonly Envelope[];
  readonly events: readonly Event[];
  readonly report: AuditReport;
  /** What the treasury holds on the chain. */
  readonly treasuryMicroUsdc: bigint;
  /** What the treasury says on the chain. */
  readonly memos: readonly string[];
  /** Counters and alarms of all services. */
  readonly signals: Readonly<Record<string, number>>;
  /** What stands behind each UsageMetered, where it was kept. */
  readonly proofs: readonly KeptProof[];
  readonly steps: number;
}

export interface TellOptions extends Pick<PlatformOptions, 'hurries' | 'keepsEvidence'> {
  readonly mischief?: Mischief;
}

/** After the last rental is settled: what is still under way comes to rest. */
const AFTERMATH = 5 * MINUTE;

export async function tell(story: Story, seed: number, options: TellOptions = {}): Promise<Told> {
  const platform = new Platform({ ...options, seed, machines: story.machines });
  await platform.setStage();
  const stage = new Stage(platform);
  story.plot(stage);
  const { timeline } = platform;
  const open = new Set(stage.rentals);
  platform.onFact(({ stream, type }) => {
    if (OVER.includes(type)) open.delete(stream.slice('rental-'.length));
  });
  await timeline.run(timeline.now() + story.within, () => open.size === 0);
  await timeline.run(timeline.now() + AFTERMATH);
  const envelopes = await platform.facts();
  return {
    ...{ story, seed, envelopes },
    events: stage.events,
    report: audit(envelopes, { requireSettled: true }),
    treasuryMicroUsdc: platform.chain.balance(),
    memos: platform.chain.said(),
    signals: platform.ground.signals.snapshot(),
    proofs: platform.proofs,
    steps: timeline.steps,
  };
}

const OVER = ['RentalSettled.v1', 'RequestExpired.v1'];
