/** What reputation keeps of the facts. Each adapter keeps the same contract. */

import type { Day } from '@tokenos/domain/day';
import type { RentalOutcomes } from '@tokenos/domain/reputation/outcomes';
import type { NodeUptime, OperatorPast } from '@tokenos/domain/reputation/past';

export interface Records {
  register(operatorId: string, on: Day): Promise<void>;
  /** The score of that day is on record, and those of all days before. */
  scored(operatorId: string, day: Day): Promise<void>;
  /** The first day without a score: the one after its last, or after it registered. Null: it has not heard of such an operator. */
  nextDay(operatorId: string): Promise<Day | null>;

  enrol(nodeId: string, operatorId: string): Promise<void>;
  /** Of a node that was enrolled; once per day. */
  recordUptime(nodeId: string, uptime: NodeUptime): Promise<void>;

  /** Something happened in this rental, up to that revision, that is not written down yet. */
  touch(rentalId: string, revision: number): Promise<void>;
  touched(): Promise<readonly string[]>;
  /** Everything up to that revision is written down. */
  settle(rentalId: string, revision: number): Promise<void>;
  /** What is there already stays as it is. */
  keep(rentalId: string, outcomes: RentalOutcomes): Promise<void>;

  /** Everything that the score of that day can stand on, in any order. */
  past(operatorId: string, day: Day): Promise<OperatorPast>;
}
