/** The streams reputation reads, and the one it writes to, narrowed to its own command: one fact type has exactly one author. */

import { operatorStream } from '@tokenos/contracts/facts/streams';
import type { OperatorFact, OperatorState, ReputationCommand } from '@tokenos/domain/operator/operator';
import type { StreamKind } from '@tokenos/runtime/stream-kind';

export const operators: StreamKind<OperatorState, ReputationCommand, OperatorFact> = operatorStream;
