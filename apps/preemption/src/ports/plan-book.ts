/** The book of plans, as a port: no view, but what keeps anyone from being asked to yield twice, and freed GPUs from being counted as idle. */

import type { PreemptionNoticed } from '@tokenos/domain/preemption/facts';
import type { Millis } from '@tokenos/domain/time';
import type { Fleet } from './fleet.js';

export interface Victim {
  readonly rentalId: string;
  /** As it will stand in the victim's stream. */
  readonly notice: PreemptionNoticed;
}

/** Who yields to one attempt of a request to be placed. */
export interface Plan {
  readonly beneficiaryId: string;
  readonly attempt: number;
  readonly nodeId: string;
  /** Idle ones and the victims': spoken for until the attempt is made, or the beneficiary gone. */
  readonly gpuUuids: readonly string[];
  readonly victims: readonly Victim[];
  readonly plannedAt: Millis;
}

export interface SpokenFor {
  readonly nodeId: string;
  readonly gpuUuid: string;
}

/** What the one who plans may see and write. */
export interface Desk {
  readonly fleet: Fleet;
  /** What was planned for this attempt before; null where nothing was. */
  plan(beneficiaryId: string, attempt: number): Promise<Plan | null>;
  /** GPUs of plans whose attempt has not been made yet, and whose beneficiary still waits. */
  spokenFor(): Promise<readonly SpokenFor[]>;
  /** Everyone who was ever asked to yield. */
  victims(): Promise<ReadonlySet<string>>;
  /** Throws where one of its victims is in another plan. */
  record(plan: Plan): Promise<void>;
}

export interface PlanBook {
  /** One at a time among all processes. What `work` records commits whole or not at all. */
  planning<T>(work: (desk: Desk) => Promise<T>): Promise<T>;
}
