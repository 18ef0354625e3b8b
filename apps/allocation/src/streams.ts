/** The streams allocation writes to, narrowed to its own commands: one fact type has exactly one author. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { AllocationNodeCommand, NodeFact, NodeState } from '@tokenos/domain/node/node';
import type { AllocationCommand } from '@tokenos/domain/rental/commands';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
import type { StreamKind } from '@tokenos/runtime/stream-kind';

export const rentals: StreamKind<RentalState, AllocationCommand, RentalFact> = rentalStream;
export const nodes: StreamKind<NodeState, AllocationNodeCommand, NodeFact> = nodeStream;
